import { median } from "../statistics.ts";

/** One column: its title, the figure it shows, and how many digits of it. */
export interface Column<Figures> {
  readonly title: string;
  readonly value: (figures: Figures) => number;
  readonly digits: number;
}

/** All rounds of one thing that was measured. */
export interface TableRow<Figures> {
  readonly name: string;
  readonly form: string | undefined;
  readonly rounds: readonly Figures[];
}

/** A table of medians, with the lowest and the highest round where there were several. */
export function table<Figures>(
  rows: readonly TableRow<Figures>[],
  columns: readonly Column<Figures>[],
): string {
  const head = ["target", "form", ...columns.map((column) => column.title)];
  const body = rows.map((row) => [
    row.name,
    row.form ?? "-",
    ...columns.map((column) => spread(row.rounds.map(column.value), column.digits)),
  ]);
  const widths = head.map((title, index) =>
    Math.max(title.length, ...body.map((cells) => cells[index]?.length ?? 0))
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(head), rule, ...body.map(line)].join("\n");
}

/** `median (lowest-highest)` of the values. */
export function spread(values: readonly number[], digits: number): string {
  const middle = median(values).toFixed(digits);
  const [lowest, highest] = [
    Math.min(...values).toFixed(digits),
    Math.max(...values).toFixed(digits),
  ];
  return lowest === highest ? middle : `${middle} (${lowest}-${highest})`;
}
