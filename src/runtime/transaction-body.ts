/** The body of a step that takes part in the commit of its result, as a promise. */
import { CancelledError } from "../shared/errors.js";
import type { AttemptOwner, StepAttempt } from "./attempt.js";
import type { ConsoleLevel } from "./console.js";
import type { Codec } from "./image.js";
import type { Timers } from "./ports.js";
import { save, unsaveable, type Saved } from "./saved.js";

/** Why a body has no result. */
export class BodyFailure {
  constructor(
    readonly error: unknown,
    /** No further attempt, whatever the policy says. */
    readonly final: boolean,
  ) {}
}

/** Who hears of what is not about the end of an attempt. */
type Listener = Omit<AttemptOwner, "attemptSucceeded" | "attemptFailed">;

export class TransactionBody implements AttemptOwner {
  readonly #parent: Listener;
  readonly #codec: Codec;
  #settle: { resolve(result: Saved): void; reject(reason: unknown): void } | undefined;

  constructor(parent: Listener, codec: Codec) {
    this.#parent = parent;
    this.#codec = codec;
  }

  /** Calls the body with `client`. Rejects with a BodyFailure, and with CancelledError when nobody waits for it any more. */
  run(attempt: StepAttempt, client: unknown, timers: Timers): Promise<Saved> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      attempt.signal.addEventListener("abort", () => reject(new CancelledError("the step was given up")));
      attempt.run(timers, this.#codec, [client]);
    });
  }

  attemptSucceeded(attempt: StepAttempt, value: unknown): void {
    try {
      this.#settle!.resolve(save(value, this.#codec, "result"));
    } catch (error) {
      this.#settle!.reject(new BodyFailure(unsaveable(`the result of step ${attempt.step}`, error), true));
    }
  }

  attemptFailed(_: StepAttempt, error: unknown): void {
    this.#settle!.reject(new BodyFailure(error, false));
  }

  attemptProgressed(attempt: StepAttempt, details: Uint8Array): void {
    this.#parent.attemptProgressed(attempt, details);
  }

  attemptSaid(attempt: StepAttempt, level: ConsoleLevel, text: string): void {
    this.#parent.attemptSaid(attempt, level, text);
  }

  notClosed(error: unknown): void {
    this.#parent.notClosed(error);
  }
}
