/** A heap report as text. */
import type { HeapEntry, HeapReport } from "../runtime/codec/heap.js";
import { sizeText } from "../runtime/limits.js";
import { table } from "./text.js";

/** Lines of each list. */
const SHOWN = 10;

export function heapLines({ bytes, objects, types, variables, shared, largest }: HeapReport): string[] {
  return [
    "",
    `The continuation takes ${sizeText(bytes)}: ${objects} objects.`,
    ...list(
      "by variable, with all that only it holds",
      variables.map((each) => entryRow(each)),
    ),
    ...list(
      "held by several variables together",
      shared.map((each) => entryRow(each)),
    ),
    ...list(
      "largest objects",
      largest.map((each) => entryRow(each)),
    ),
    ...list(
      "by type, contents only",
      types.map(({ type, count, bytes: own }) => [`  ${sizeText(own)}`, `${count} × ${type}`]),
    ),
  ];
}

function entryRow({ path, frame, type, bytes, objects }: HeapEntry): string[] {
  return [`  ${sizeText(bytes)}`, path, type, `${objects} object${objects === 1 ? "" : "s"}`, frame];
}

function list(title: string, rows: readonly string[][]): string[] {
  return rows.length === 0 ? [] : ["", title, ...table(rows.slice(0, SHOWN))];
}
