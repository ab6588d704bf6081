/**
 * Writes the tables of fields in docs/, from the descriptions in schema/config.json.
 *
 * A table stands between `<!-- fields: routes[].policies.cors -->` and `<!-- end -->`. With
 * `--check` nothing is written, and stale tables are an error.
 */
import { isMapping, type Mapping } from "../src/lib/mapping.ts";
import { fieldTable } from "./policy_docs/field_table.ts";
import { nodeAt } from "./policy_docs/schema_node.ts";

const ROOT = new URL("../", import.meta.url);

/** A page with its tables. */
interface FilledPage {
  readonly text: string;
  /** What is wrong with its markers, by line. */
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

/** Fills the tables of a page; one whose path is not in the schema stays as it is. */
export function filledPage(text: string, schema: Mapping): FilledPage {
  const problems: { line: number; message: string }[] = [];
  const filled = text.replaceAll(
    /^<!-- fields: (.*?) -->$(.*?)(?:^<!-- end -->$|(?=^<!-- fields)|(?![^]))/gms,
    (whole, path: string, _table: string, offset: number) => {
      const line = text.slice(0, offset).split("\n").length;
      const node = nodeAt(path, schema);
      if (!whole.endsWith("<!-- end -->")) {
        problems.push({ line, message: "the table has no <!-- end -->" });
      } else if (typeof node === "string") problems.push({ line, message: node });
      else return `<!-- fields: ${path} -->\n\n${fieldTable(node, schema)}\n<!-- end -->`;
      return whole;
    },
  );
  return { text: filled, problems };
}

/** The schema of the configuration file, as it is in the repository. */
export function readSchema(): Mapping {
  const schema: unknown = JSON.parse(Deno.readTextFileSync(new URL("schema/config.json", ROOT)));
  if (!isMapping(schema)) throw new Error("schema/config.json is no object");
  return schema;
}

/** The pages of docs/, by their path from the root of the repository. */
export function pages(folder = "docs"): readonly string[] {
  return [...Deno.readDirSync(new URL(`${folder}/`, ROOT))].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return pages(`${folder}/${name}`);
    return name.endsWith(".md") ? [`${folder}/${name}`] : [];
  }).sort();
}

function main(): number {
  const isCheck = Deno.args.includes("--check");
  const schema = readSchema();
  const messages: string[] = [];
  for (const page of pages()) {
    const file = new URL(page, ROOT);
    const before = Deno.readTextFileSync(file);
    const { text, problems } = filledPage(before, schema);
    messages.push(...problems.map(({ line, message }) => `${page}:${line}: ${message}`));
    if (text === before) continue;
    if (isCheck) messages.push(`${page} is stale: write it with scripts/generate_policy_docs.ts`);
    else Deno.writeTextFileSync(file, text);
  }
  Deno.stderr.writeSync(new TextEncoder().encode(messages.map((line) => `${line}\n`).join("")));
  return messages.length === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(main());
