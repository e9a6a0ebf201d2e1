import { readFileSync } from "node:fs";
import path from "node:path";
import type pc from "picocolors";
import type { RunDescription } from "../plugin/host.js";
import { UsageError } from "../shared/errors.js";
import type { Manifest } from "../transform/types.js";
import { toJson } from "../runtime/to-json.js";
import { clock, oneLine, table } from "./text.js";

export type Stack = Pick<RunDescription, "strands" | "mailboxes">;
type Strand = Stack["strands"][number];
type Frame = Strand["frames"][number];

/** More strands than this are counted, not shown. */
const MOST_STRANDS = 20;

/** The strand of that name, and those it has started: `map[17]`, `map[17] > all[0]`. Throws UsageError when there is none. */
export function onlyStrand(stack: Stack, name: string): Stack {
  const strands = stack.strands.filter((strand) => strand.name === name || strand.name.startsWith(`${name} > `));
  if (strands.length === 0)
    throw new UsageError(`The run has no strand ${name} now. They are called main, task 3, map[17], map[17] > all[0].`);
  return { ...stack, strands };
}

/** How many are not shown, by what they wait for. */
function restLines(rest: readonly Strand[]): string[] {
  if (rest.length === 0) return [];
  const counts = new Map<string, number>();
  for (const { waitingFor } of rest) counts.set(waitingFor, (counts.get(waitingFor) ?? 0) + 1);
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const others = sorted.slice(MOST_STRANDS).reduce((sum, [, count]) => sum + count, 0);
  return [
    "",
    `and ${rest.length} more strands (--strand <name> shows one, --json all):`,
    ...table(sorted.slice(0, MOST_STRANDS).map(([what, count]) => [`  ${count}`, what])),
    ...(others === 0 ? [] : [`  ${others} for something else`]),
  ];
}

/** The stack as a person reads it: innermost function first, each with its source line and its variables by name. */
export function stackLines({ strands, mailboxes }: Stack, manifest: Manifest | undefined, color: typeof pc): string[] {
  const several = strands.length > 1;
  return [
    ...strands
      .slice(0, MOST_STRANDS)
      .flatMap((strand) => [
        "",
        ...(several ? [color.bold(`${strand.name}: ${strand.waitingFor}`)] : []),
        ...strand.timeouts
          .filter(({ fired }) => !fired)
          .map(({ after, deadline }) => `  within withTimeout(${after}), until ${clock(deadline)}`),
        ...strand.frames.toReversed().flatMap((frame) => frameLines(frame, manifest, color)),
      ]),
    ...restLines(strands.slice(MOST_STRANDS)),
    ...Object.entries(mailboxes).map(
      ([channel, messages]) => `  not received yet on ${channel}: ${messages.map((each) => oneLine(each)).join(", ")}`,
    ),
  ];
}

function frameLines(frame: Frame, manifest: Manifest | undefined, color: typeof pc): string[] {
  const { line, column, text, slots, self } = frame;
  const variables = Object.entries(slots).filter(([name]) => !isMadeUp(name));
  if (self !== undefined) variables.unshift(["this", self]);
  const file = shownFile(frame.file, manifest);
  return [
    `  ${color.bold(frame.function)}  ${color.dim(line === 0 ? file : `${file}:${line}:${column}`)}`,
    ...sourceLines(file, line, text, color),
    ...table(variables.map(([name, value]) => [`      ${name}`, oneLine(value, 110)])),
  ];
}

/** Lines shown above and below the one that waits. */
const CONTEXT = 2;

/** The line that waits, marked, among its neighbours when the source is here and still the one the run was compiled from. */
function sourceLines(file: string, line: number, text: string, color: typeof pc): string[] {
  if (text === "") return [];
  const lines = linesOf(file);
  if (lines[line - 1]?.trim() !== text) return [`  > ${line} | ${text}`];
  const from = Math.max(1, line - CONTEXT);
  const to = Math.min(lines.length, line + CONTEXT);
  const width = String(to).length;
  return lines.slice(from - 1, to).map((source, index) => {
    const shown = `${String(from + index).padStart(width)} | ${source}`;
    return from + index === line ? color.cyan(`  > ${shown}`) : color.dim(`    ${shown}`);
  });
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n");
  } catch {
    return [];
  }
}

/** Variables the compiler made up start with `$`; a person did not write them. */
function isMadeUp(name: string): boolean {
  return name.startsWith("$");
}

/** Relative to here when the program was compiled just now, and clickable in most terminals; the module id otherwise. */
function shownFile(module: string, manifest: Manifest | undefined): string {
  const known = manifest?.modules.find(({ id }) => id === module);
  return known === undefined ? module : path.relative(process.cwd(), known.file);
}

/** One strand for `--json`. */
export function strandData({ frames, ...strand }: Strand): unknown {
  return {
    ...strand,
    frames: frames.map(({ slots, self, ...frame }) => ({
      ...frame,
      slots: toJson(slots),
      ...(self !== undefined && { self: toJson(self) }),
    })),
  };
}
