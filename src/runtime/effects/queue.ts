/**
 * Queues: steps of a queue are made by whatever worker serves it, as many at once and as fast as its limits allow, counted over all workers of the store.
 */
import { UsageError } from "../../shared/errors.js";
import type { QueueLimits } from "../store/store.js";
import { milliseconds, type Duration } from "./duration.js";

export interface QueueOptions {
  /** Most steps of the queue that are under way at once. Default: no limit. */
  readonly concurrency?: number;
  /** The same for steps of one key (`StepOptions.key`). Default: no limit. */
  readonly perKey?: number;
  /** So many steps begin in that time; after an idle time, as many at once. Default: no limit. */
  readonly rate?: { readonly limit: number; readonly per: Duration };
}

/** A queue by name. Several handles of one name are the same queue, and have to have the same limits. */
export class Queue {
  constructor(readonly name: string) {}
}

const declared = new Map<string, QueueLimits>();

/** Declares the limits of a queue: `const gpu = queue("gpu", { concurrency: 4 })`. Throws UsageError for bad options, and when it was declared with others before. */
export function queue(name: string, options: QueueOptions = {}): Queue {
  if (typeof name !== "string" || name === "") throw new UsageError('queue() takes a name: queue("gpu", { concurrency: 4 }).');
  const limits = limitsOf(name, options);
  const before = declared.get(name);
  if (before !== undefined && JSON.stringify(before) !== JSON.stringify(limits))
    throw new UsageError(
      `queue "${name}" is declared twice, with different limits. Declare it once, and import it where it is used.`,
    );
  declared.set(name, limits);
  return new Queue(name);
}

function limitsOf(name: string, { concurrency, perKey, rate }: QueueOptions): QueueLimits {
  for (const [option, value] of Object.entries({ concurrency, perKey, "rate.limit": rate?.limit }))
    if (value !== undefined && !(Number.isInteger(value) && value >= 1))
      throw new UsageError(`queue "${name}": ${option} is ${String(value)}; it has to be a whole number from 1.`);
  const perMs = rate === undefined ? undefined : milliseconds(rate.per, `queue "${name}": rate.per`);
  if (perMs === 0) throw new UsageError(`queue "${name}": rate.per has to be longer than nothing.`);
  return { queue: name, concurrency, perKey, ...(rate && { rate: { limit: rate.limit, perMs: perMs! } }) };
}

/** The limits of a queue; one that nobody has declared has none. */
export function queueLimits(name: string): QueueLimits {
  return declared.get(name) ?? { queue: name };
}
