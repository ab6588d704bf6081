export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

/** The samples of one scrape, and questions to them. */
export interface Scrape {
  readonly text: string;
  /** The samples of that name which carry all of these labels. */
  find(name: string, labels?: Labels): Sample[];
  /** The one sample that fits, or undefined; several are an error. */
  value(name: string, labels?: Labels): number | undefined;
  /** The sum of all samples that fit; 0 when there are none. */
  sum(name: string, labels?: Labels): number;
}

/** Reads the Prometheus text format. */
export function parseScrape(text: string): Scrape {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const samples = lines.map((line) => parseSample(line));
  const find = (name: string, labels: Labels = {}) => {
    const wanted = Object.entries(labels);
    return samples.filter((sample) =>
      sample.name === name && wanted.every(([label, value]) => sample.labels[label] === value)
    );
  };
  return {
    text,
    find,
    value(name, labels) {
      const found = find(name, labels);
      if (found.length > 1) throw new Error(`${found.length} samples of ${name} fit`);
      return found[0]?.value;
    },
    sum: (name, labels) => find(name, labels).reduce((sum, sample) => sum + sample.value, 0),
  };
}

function parseSample(line: string): Sample {
  const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: \d+)?$/.exec(line);
  const [, name, labels = "", value] = match ?? [];
  if (name === undefined || value === undefined) throw new Error(`not a sample: ${line}`);
  return { name, labels: parseLabels(labels), value: value === "+Inf" ? Infinity : Number(value) };
}

function parseLabels(text: string): Labels {
  const pairs = text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)",?/g);
  return Object.fromEntries(
    [...pairs].map(([, name = "", value = ""]) => [
      name,
      value.replaceAll(/\\(.)/g, (_, escaped) => escaped === "n" ? "\n" : escaped),
    ]),
  );
}
