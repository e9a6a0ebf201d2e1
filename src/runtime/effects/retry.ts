/** When a failed attempt is made again. Pure: time and randomness are handed in. */
import { UsageError } from "../../shared/errors.js";
import { milliseconds, type Duration } from "./duration.js";

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
}

/** StepOptions with everything filled in and in milliseconds. */
export interface StepPolicy {
  readonly attempts: number;
  readonly backoffMs: number;
  readonly factor: number;
  readonly maxDelayMs: number;
  readonly jitter: number;
  readonly timeoutMs: number | undefined;
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
    timeoutMs: options?.timeout === undefined ? undefined : milliseconds(options.timeout, `${step}: timeout`),
    retryable: (error) => !nonRetryable.some((type) => error instanceof type) && (retryIf === undefined || retryIf(error)),
  };
}

/** Milliseconds to wait after attempt number `attempt` (from 1) failed. `random` is between 0 and 1. */
export function backoffAfter(policy: StepPolicy, attempt: number, random: number): number {
  const plain = Math.min(policy.backoffMs * policy.factor ** (attempt - 1), policy.maxDelayMs);
  return Math.round(plain * (1 + policy.jitter * (2 * random - 1)));
}
