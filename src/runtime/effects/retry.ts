/** When a failed attempt is made again. Pure: time and randomness are handed in. */
import { UsageError } from "../../shared/errors.js";
import { milliseconds, type Duration } from "./duration.js";
import { Queue } from "./queue.js";

/** How often and how fast a step is tried again. */
export interface RetryOptions {
  /** How often it is tried in all, the first time included. Default 3; `Infinity` is allowed. */
  readonly attempts?: number;
  /** Wait before the second attempt. Default `"1 second"`. */
  readonly backoff?: Duration;
  /** Each further wait is this many times longer. Default 2. */
  readonly factor?: number;
  /** No wait is longer than this. Default `"1 minute"`. */
  readonly maxDelay?: Duration;
  /** Spread of the waits: 0.1 means ±10 %. Default 0.1. */
  readonly jitter?: number;
  /** Answers whether this error is worth another attempt. Default: every error is. Runs in the worker, not in the workflow. */
  readonly retryIf?: (error: unknown) => boolean;
  /** Errors of these classes are not tried again. */
  readonly nonRetryable?: readonly (abstract new (...args: never[]) => unknown)[];
}

/** What a step may be given besides its function. */
export interface StepOptions {
  /** Its name in journals and messages, and its identity when the file is not compiled. Default: the name of the variable it is assigned to. */
  readonly name?: string;
  /** `false`: one attempt. Default: the defaults of RetryOptions, i.e. 3 attempts. */
  readonly retry?: RetryOptions | false;
  /** Each attempt is given up after this long: its signal is aborted and the attempt counts as failed. Default: none. */
  readonly timeout?: Duration;
  /** All attempts together, with the waits between them, are given up after this long. Default: none. */
  readonly scheduleToClose?: Duration;
  /** An attempt is given up when its body has not called `stepContext().heartbeat()` for this long. Default: none. */
  readonly heartbeatTimeout?: Duration;
  /** The attempts are made by a worker that serves this queue, within its limits. A queue, or the name of one without limits. Default: by the worker that has the run. */
  readonly queue?: Queue | string;
  /** Among the steps that wait in a queue, those of higher priority are made first. Default 0. */
  readonly priority?: number;
  /** Answers, from the arguments of the step, the key by which `perKey` of its queue counts. */
  readonly key?: (...args: never[]) => string;
  /** The result is used again, also by other runs, for calls of the same step with the same key, for as long as `ttl`. */
  readonly cache?: CacheOptions;
}

export interface CacheOptions {
  /** Answers, from the arguments of the step, what its result depends on. */
  readonly key: (...args: never[]) => string;
  readonly ttl: Duration;
}

/** StepOptions with everything filled in and in milliseconds. */
export interface StepPolicy {
  readonly attempts: number;
  readonly backoffMs: number;
  readonly factor: number;
  readonly maxDelayMs: number;
  readonly jitter: number;
  readonly timeoutMs: number | undefined;
  readonly scheduleToCloseMs: number | undefined;
  readonly heartbeatMs: number | undefined;
  readonly queue: string | undefined;
  readonly priority: number;
  readonly key: ((...args: unknown[]) => string) | undefined;
  readonly cache: { readonly key: (...args: unknown[]) => string; readonly ttlMs: number } | undefined;
  readonly retryable: (error: unknown) => boolean;
}

/** Fills in the defaults. Throws UsageError that names the step and the option. */
export function policyOf(step: string, options: StepOptions | undefined): StepPolicy {
  const retry: RetryOptions = options?.retry === false ? { attempts: 1 } : (options?.retry ?? {});
  const { attempts = 3, factor = 2, jitter = 0.1, nonRetryable = [], retryIf } = retry;
  const whole = attempts === Infinity || Number.isInteger(attempts);
  if (!whole || attempts < 1) throw new UsageError(`${step}: retry.attempts is ${attempts}; it has to be a whole number from 1.`);
  if (!(factor >= 1)) throw new UsageError(`${step}: retry.factor is ${factor}; it has to be 1 or more.`);
  if (!(jitter >= 0 && jitter <= 1)) throw new UsageError(`${step}: retry.jitter is ${jitter}; it has to be between 0 and 1.`);
  return {
    attempts,
    backoffMs: milliseconds(retry.backoff ?? 1_000, `${step}: retry.backoff`),
    factor,
    maxDelayMs: milliseconds(retry.maxDelay ?? 60_000, `${step}: retry.maxDelay`),
    jitter,
    timeoutMs: optional(options?.timeout, `${step}: timeout`),
    scheduleToCloseMs: optional(options?.scheduleToClose, `${step}: scheduleToClose`),
    heartbeatMs: optional(options?.heartbeatTimeout, `${step}: heartbeatTimeout`),
    ...queueing(step, options),
    cache: caching(step, options?.cache),
    retryable: (error) => !nonRetryable.some((type) => error instanceof type) && (retryIf === undefined || retryIf(error)),
  };
}

function optional(duration: Duration | undefined, what: string): number | undefined {
  return duration === undefined ? undefined : milliseconds(duration, what);
}

function queueing(step: string, options: StepOptions | undefined): Pick<StepPolicy, "queue" | "priority" | "key"> {
  const { queue, priority = 0, key } = options ?? {};
  const name = queue instanceof Queue ? queue.name : queue;
  if (name !== undefined && (typeof name !== "string" || name === ""))
    throw new UsageError(`${step}: queue is ${String(name)}; it has to be a queue or its name.`);
  if (!Number.isFinite(priority)) throw new UsageError(`${step}: priority is ${String(priority)}; it has to be a number.`);
  if (key !== undefined && typeof key !== "function") throw new UsageError(`${step}: key has to be a function of the arguments.`);
  return { queue: name, priority, key: key as StepPolicy["key"] };
}

function caching(step: string, cache: CacheOptions | undefined): StepPolicy["cache"] {
  if (cache === undefined) return undefined;
  if (typeof cache?.key !== "function") throw new UsageError(`${step}: cache.key has to be a function of the arguments.`);
  return { key: cache.key as (...args: unknown[]) => string, ttlMs: milliseconds(cache.ttl, `${step}: cache.ttl`) };
}

/** Milliseconds to wait after attempt number `attempt` (from 1) failed. `random` is between 0 and 1. */
export function backoffAfter(policy: StepPolicy, attempt: number, random: number): number {
  const plain = Math.min(policy.backoffMs * policy.factor ** (attempt - 1), policy.maxDelayMs);
  return Math.round(plain * (1 + policy.jitter * (2 * random - 1)));
}
