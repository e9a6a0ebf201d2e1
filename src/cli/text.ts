import { inspect, stripVTControlCharacters } from "node:util";

const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
];

/** `3 minutes`, `1 second`, `120 ms`. */
export function span(ms: number): string {
  const [name, unit] = UNITS.find((each) => ms >= each[1]) ?? ["ms", 1];
  const count = Math.round(ms / unit);
  if (unit === 1) return `${count} ms`;
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}

/** `2026-03-01 12:00:03`, in UTC so that two people looking at one store see the same. */
export function clock(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** A value on one line, shortened to `width` characters. */
export function oneLine(value: unknown, width = 100): string {
  const text = inspect(value, {
    depth: 3,
    breakLength: Infinity,
    maxArrayLength: 8,
    maxStringLength: 80,
    compact: true,
  }).replaceAll("\n", " ");
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

/** Rows in columns, two spaces between them. Colours do not count for the width. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => visible(row[column] ?? ""))));
  return rows.map((row) =>
    row
      .map((cell, column) => cell + " ".repeat(widths[column]! - visible(cell)))
      .join("  ")
      .trimEnd(),
  );
}

function visible(text: string): number {
  return stripVTControlCharacters(text).length;
}
