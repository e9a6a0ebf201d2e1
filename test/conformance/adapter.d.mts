import type { Context } from "node:vm";

/** What a compiled program did. */
export interface Counts {
  readonly suspensions: number;
  /** Suspensions that were not possible, because the stack held functions that are not compiled. */
  readonly declined: number;
  readonly value: unknown;
}

export const harness: string;
export function transform(source: string, filename: string): string;
export function prepare(context: Context): Promise<void>;
export function wrap(compiled: {
  readonly code: string;
  readonly context: Context;
  readonly runScript: (source: string, filename: string) => unknown;
  readonly filename: string;
  readonly suspend?: string;
}): Counts;
