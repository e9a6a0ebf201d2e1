/** Runs programs four ways and says which of them behave differently when compiled. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { type Line, type Observed, type Variant, VARIANTS } from "./execute.ts";
import { prepare, type Program, type Rejection } from "./variants.ts";

/** A program whose compiled form is wrong, or that the compiler breaks on. */
export interface Finding {
  readonly program: Program;
  readonly variant: Variant | "compiler";
  readonly expected: Observed;
  readonly actual: Observed;
}

export interface Verdict {
  /** Programs that ran and were the same in all variants. */
  readonly equal: number;
  readonly findings: readonly Finding[];
  /** Programs that were not run: refused with a code, or not well-typed. */
  readonly rejected: ReadonlyMap<string, Rejection>;
}

const cache = path.resolve(import.meta.dirname, "../../.cache");
const executor = path.join(import.meta.dirname, "execute.ts");

/** A program that does not end is killed after this long. */
const PATIENCE_MS = 30_000;

export function compare(programs: readonly Program[], keep?: string): Verdict {
  mkdirSync(cache, { recursive: true });
  const dir = keep ?? mkdtempSync(path.join(cache, "fuzz-"));
  try {
    const { ready, rejected } = prepare(programs, dir);
    const lines = execute(
      dir,
      ready.map((program) => program.name),
    );
    const findings = [...crashes(programs, rejected), ...ready.flatMap((program) => differences(program, lines))];
    const broken = new Set(findings.map((finding) => finding.program));
    return { equal: ready.filter((program) => !broken.has(program)).length, findings, rejected };
  } finally {
    if (keep === undefined) rmSync(dir, { recursive: true, force: true });
  }
}

/** The checker of TypeScript 6.0 recurses for ever over some `try` statements; tsc alone breaks on the same programs. */
const TYPESCRIPT_CRASH = /^(RangeError[^]*isReachableFlowNodeWorker|TypeError[^]*getTypeAtFlowNode)/;

function crashes(programs: readonly Program[], rejected: ReadonlyMap<string, Rejection>): Finding[] {
  return programs.flatMap((program): Finding[] => {
    const rejection = rejected.get(program.name);
    if (rejection?.kind !== "crash" || TYPESCRIPT_CRASH.test(rejection.text)) return [];
    return [
      {
        program,
        variant: "compiler",
        expected: { outcome: "compiles", trace: [] },
        actual: { outcome: rejection.text, trace: [] },
      },
    ];
  });
}

function differences(program: Program, lines: ReadonlyMap<string, Observed>): Finding[] {
  const nothing: Observed = { outcome: "did not end", trace: [] };
  const expected = lines.get(`${program.name} native`) ?? nothing;
  for (const variant of VARIANTS) {
    const actual = lines.get(`${program.name} ${variant}`) ?? nothing;
    const isSame = actual.outcome === expected.outcome && actual.trace.join("\n") === expected.trace.join("\n");
    if (!isSame || actual === nothing) return [{ program, variant, expected, actual }];
  }
  return [];
}

/** Runs all of them; when the process dies or hangs in one, that one is left out and the rest starts again. */
function execute(dir: string, names: readonly string[]): Map<string, Observed> {
  const found = new Map<string, Observed>();
  for (let rest = [...names]; rest.length > 0;) {
    const { stdout, stderr, error } = spawnSync(process.execPath, ["--max-old-space-size=1024", executor, dir, ...rest], {
      encoding: "utf8",
      timeout: PATIENCE_MS + rest.length * 50,
      killSignal: "SIGKILL",
      maxBuffer: 1 << 29,
    });
    const lines = stdout
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
    for (const { name, variant, observed } of lines) found.set(`${name} ${variant}`, observed);
    if (lines.length === 0 && stderr !== "" && error === undefined) throw new Error(stderr);
    // Where it stopped: that program stays incomplete.
    rest = rest.slice(Math.floor(lines.length / VARIANTS.length) + 1);
  }
  return found;
}
