import type { ClientName } from "./chat_client.ts";
import { cases } from "./cases.ts";
import { clients } from "./clients/index.ts";
import { type Exception, exceptions } from "./exceptions.ts";
import { type ExpectedLoss, expectedLosses } from "./expected_losses.ts";
import { type ProviderName, providers } from "./providers.ts";

/** A cell that has passed, with what it met on the way. */
export interface Cell {
  readonly noted: ReadonlySet<Exception>;
  readonly lost: readonly ExpectedLoss[];
}

/** How long the formatter lets lines be. */
const COLUMNS_MAX = 100;

/** The place of a cell. */
export function cellKey(client: ClientName, provider: ProviderName, name: string): string {
  return `${client} x ${provider}: ${name}`;
}

/** The page that shows all cells. */
export function matrixPage(cells: ReadonlyMap<string, Cell>): string {
  return [
    "# The matrix",
    intro,
    "## Providers",
    table(["column", "what it is"], providers.map(({ name, what }) => [name, what])),
    "## Cases",
    table(["row", "what it shows"], cases.map(({ name, what }) => [name, what])),
    ...clients.flatMap(({ name }) => [`## Clients of ${titles[name]}`, clientTable(name, cells)]),
    "## Exceptions",
    list(exceptions.map(({ reason }, index) => [exceptionMark(index), reason])),
    "## Losses",
    list(expectedLosses.map(({ reason }, index) => [lossMark(index), reason])),
  ].join("\n\n") + "\n";
}

const titles: Readonly<Record<ClientName, string>> = {
  completions: "`/v1/chat/completions`",
  messages: "`/v1/messages`",
  responses: "`/v1/responses`",
  gemini: "`:generateContent`",
};

const intro = wrapped(
  "Every client API with every provider, against stand-ins that refuse what the providers refuse. " +
    "✓ means that the case passes buffered and streamed, with the same answer and the same usage; " +
    "– is a case that fails. A number stands for what a provider or an API does not have, a letter " +
    "for what the translation loses and says so in the header `x-agentgateway-translation`. Where " +
    "client and provider share an API, nothing is translated. The page is written by the tests: " +
    "`deno run -A scripts/generate_matrix.ts`.",
);

function clientTable(client: ClientName, cells: ReadonlyMap<string, Cell>): string {
  const rows = cases.map(({ name }) => [
    name,
    ...providers.map((provider) => mark(cells.get(cellKey(client, provider.name, name)))),
  ]);
  return table(["case", ...providers.map(({ name }) => name)], rows);
}

function mark(cell: Cell | undefined): string {
  if (cell === undefined) return "–";
  const marks = [
    ...exceptions.flatMap((one, index) => cell.noted.has(one) ? [exceptionMark(index)] : []),
    ...expectedLosses.flatMap((one, index) => cell.lost.includes(one) ? [lossMark(index)] : []),
  ];
  return marks.length === 0 ? "✓" : `✓ ${marks.join(" ")}`;
}

function exceptionMark(index: number): string {
  return String(index + 1);
}

function lossMark(index: number): string {
  return String.fromCharCode("a".charCodeAt(0) + index);
}

function list(items: readonly (readonly [mark: string, reason: string])[]): string {
  return items.map(([mark, reason]) => `- **${mark}** ${reason}`).join("\n");
}

/** A paragraph in lines as the formatter would break them. */
function wrapped(text: string): string {
  const lines: string[] = [];
  for (const word of text.match(/(?:`[^`]*`|\S)+/g) ?? []) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && longer.length <= COLUMNS_MAX) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.join("\n");
}

/** A table as the formatter would write it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) =>
    Math.max(3, ...all.map((row) => [...row[column] ?? ""].length))
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}
