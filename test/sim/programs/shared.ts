/** What the strands of a run of the interpreter share. */
import type { ChildRun, Task } from "flowc";
import type { Op } from "./ops.ts";
import type { Lane } from "./outside.ts";

export interface Shared {
  readonly tasks: Map<string, Task<string[]>>;
  readonly children: Map<string, ChildRun<Result>>;
  /** Number of runs that were started. */
  started: number;
  readonly ballast: string[];
  /** What any strand has seen, in no particular order. */
  total: number;
}

export interface Result {
  readonly seen: readonly string[];
  readonly total: number;
  readonly ballast: number;
}

/** Carries out a list of operations. */
export type Block = (ops: readonly Op[], lane: Lane, seen: string[], shared: Shared) => void;

export class Thrown extends Error {}
export class Broken extends Error {}
