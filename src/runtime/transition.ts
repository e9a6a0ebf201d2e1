/** What goes into the driver and what comes out of it. */
import type { OutwardEffects } from "./outward.js";
import type { Blob } from "./codec/blobs.js";
import type { CacheEntry, JournalEntry, Message, RunStatus } from "./store/store.js";
import type { StepWait } from "./strand.js";
import type { Saved } from "./saved.js";

/** What is told of the attempt `attempt` of the call `call`. */
export type AttemptEvent =
  | {
      readonly kind: "stepSucceeded";
      readonly call: number;
      readonly attempt: number;
      readonly result: Saved;
      readonly cached?: CacheEntry | undefined;
    }
  /** `final`: no further attempt whatever the policy says. */
  | {
      readonly kind: "stepFailed";
      readonly call: number;
      readonly attempt: number;
      readonly error: unknown;
      readonly final: boolean;
    }
  /** What an attempt says of itself; `details` encoded. */
  | { readonly kind: "progress"; readonly call: number; readonly attempt: number; readonly details: Uint8Array };

/** Something that happened to a run. Timers need no event: the driver looks at `now`. */
export type DriverEvent = AttemptEvent | { readonly kind: "message"; readonly message: Message };

/** How an attempt in a queue has ended, as it is told to its run. */
export type TaskEnd =
  | { readonly kind: "succeeded"; readonly value: unknown }
  /** `details`: what the attempt said of itself, encoded. `final`: no further attempt whatever the policy says. */
  | { readonly kind: "failed"; readonly error: unknown; readonly final: boolean; readonly details: Uint8Array | undefined };

/** A step attempt to start, not before `notBefore`, and never before the transition it came with is committed (I3). */
export interface StepStart {
  readonly call: number;
  readonly attempt: number;
  readonly notBefore: number;
  readonly wait: StepWait;
}

/** One transition of a run: to be committed as a whole (I4), then its effects are started. */
export interface Transition {
  readonly status: RunStatus;
  /** Attempts run for it here, or are about to: it stays in memory. */
  readonly isBusy: boolean;
  /** The image, or the part that follows it. Both absent: the stored one stays. */
  readonly image: Uint8Array | undefined;
  readonly part: Uint8Array | undefined;
  /** See `Commit`. */
  readonly blobs: readonly Blob[];
  readonly refers: readonly string[];
  /** The continuation has passed `checkpoints.warnBytes`. */
  readonly warning: { readonly size: string; readonly largest: readonly string[] } | undefined;
  readonly outcome: Uint8Array | undefined;
  readonly wakeAt: number | undefined;
  /** When the run in memory has to be looked at next although nothing arrived; `undefined`: never. Differs from `wakeAt` while steps run. */
  readonly timerAt: number | undefined;
  readonly waitingFor: string;
  readonly consumed: readonly number[];
  readonly journal: readonly JournalEntry[];
  readonly start: readonly StepStart[];
  /** Calls whose outcome nobody waits for any more. */
  readonly abort: readonly number[];
  /** What it does beyond the run. */
  readonly outward: OutwardEffects;
}
