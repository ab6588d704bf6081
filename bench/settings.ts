import { parseArgs } from "node:util";

export type Section =
  | "buffered"
  | "streams"
  | "translated"
  | "images"
  | "start"
  | "memory"
  | MicroSection;
/** Measured within the process of the benchmark, without a gateway and without load. */
export type MicroSection = "cel" | "guards";
export type Form = "deno" | "executable";

/** What one call of the benchmark does and for how long. */
export interface Settings {
  readonly sections: readonly Section[];
  readonly forms: readonly Form[];
  readonly jsonFile: string | undefined;
  readonly runs: number;
  readonly buffered: {
    readonly warmRequests: number;
    readonly warmSecondsMax: number;
    readonly seconds: number;
    readonly connections: number;
    readonly rateSeconds: number;
    readonly ratePerSecond: number;
  };
  readonly streams: {
    readonly streams: number;
    readonly paceMs: number;
    readonly rampMs: number;
    readonly settleMs: number;
    readonly windowMs: number;
  };
  readonly images: {
    readonly warmRequests: number;
    readonly seconds: number;
    readonly ratePerSecond: number;
  };
  readonly starts: number;
  readonly memory: { readonly warmSeconds: number; readonly seconds: number };
  readonly micro: { readonly warmMs: number; readonly windowMs: number };
}

/** The help text of the command. */
export const usage = `deno task bench [options]

  --quick               one short run of everything, in two minutes; good for a first look only
  --only SECTION        buffered, streams, translated, images, start, memory, cel or guards;
                        given several times
  --form FORM           deno or executable
  --runs N              runs whose median is taken (3, with --quick 1)
  --pace-ms N           milliseconds between the events of a stream (20)
  --json FILE           writes the figures to a file as well
`;

const sections = [
  "buffered",
  "streams",
  "translated",
  "images",
  "start",
  "memory",
  "cel",
  "guards",
] as const;
const microSections: readonly Section[] = ["cel", "guards"];
const forms = ["deno", "executable"] as const;

/** Reads the command line; throws an error with a clear message when it is wrong. */
export function readSettings(args: readonly string[]): Settings | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string", multiple: true },
      form: { type: "string" },
      runs: { type: "string" },
      "pace-ms": { type: "string", default: "20" },
      json: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  const durations = values.quick ? quick : thorough;
  return {
    ...durations,
    sections: (values.only ?? sections).map((value) => oneOf("--only", sections, value)),
    forms: values.form === undefined ? forms : [oneOf("--form", forms, values.form)],
    jsonFile: values.json,
    runs: values.runs === undefined ? durations.runs : positive("--runs", values.runs),
    streams: { ...durations.streams, paceMs: positive("--pace-ms", values["pace-ms"]) },
  };
}

/** Whether a section needs neither a gateway nor load. */
export function isMicro(section: Section): boolean {
  return microSections.includes(section);
}

const thorough = {
  runs: 3,
  buffered: {
    warmRequests: 50_000,
    warmSecondsMax: 30,
    seconds: 6,
    connections: 32,
    rateSeconds: 5,
    ratePerSecond: 200,
  },
  streams: { streams: 200, rampMs: 2_000, settleMs: 2_000, windowMs: 8_000 },
  images: { warmRequests: 40, seconds: 10, ratePerSecond: 8 },
  starts: 10,
  memory: { warmSeconds: 20, seconds: 60 },
  micro: { warmMs: 500, windowMs: 1_000 },
};

const quick = {
  runs: 1,
  buffered: {
    warmRequests: 10_000,
    warmSecondsMax: 3,
    seconds: 2,
    connections: 32,
    rateSeconds: 1,
    ratePerSecond: 200,
  },
  streams: { streams: 200, rampMs: 600, settleMs: 600, windowMs: 1_500 },
  images: { warmRequests: 16, seconds: 3, ratePerSecond: 8 },
  starts: 3,
  memory: { warmSeconds: 3, seconds: 6 },
  micro: { warmMs: 200, windowMs: 200 },
};

function oneOf<const T extends string>(flag: string, allowed: readonly T[], value: string): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) {
    throw new Error(`${flag} must be one of ${allowed.join(", ")}, not "${value}"`);
  }
  return found;
}

function positive(flag: string, value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) {
    throw new Error(`${flag} must be a whole number above zero, not "${value}"`);
  }
  return number;
}
