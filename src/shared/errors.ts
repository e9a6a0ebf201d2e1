/** Every error a person can meet at run time, each with a stable `code`. The message says what, where and the way out. */
export abstract class FlowError extends Error {
  abstract readonly code: string;
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Raised inside a workflow at the suspension point where a timeout expired. */
export class TimeoutError extends FlowError {
  readonly code = "FLOW_TIMEOUT";
}

/** Raised inside a workflow at its suspension point when the run or the task was cancelled. */
export class CancelledError extends FlowError {
  readonly code = "FLOW_CANCELLED";
}

/** A step failed for good: `cause` is the error of the last attempt. */
export class StepError extends FlowError {
  readonly code = "FLOW_STEP";
  constructor(
    message: string,
    /** The step's name, `services.ts#charge`. */
    readonly step: string,
    /** How often it was tried. */
    readonly attempts: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A value that is live at a suspension point cannot be saved (I8). `path` starts with the variable's name. */
export class NotSaveableError extends FlowError {
  readonly code = "FLOW_NOT_SAVEABLE";
  constructor(
    message: string,
    readonly path: string,
  ) {
    super(message);
  }
}

/** A continuation is larger than `checkpoints.maxBytes` allows; the run stays where it was (I8). */
export class CheckpointTooLargeError extends FlowError {
  readonly code = "FLOW_CHECKPOINT_TOO_LARGE";
  constructor(
    message: string,
    readonly bytes: number,
    /** What takes the most, for people. */
    readonly largest: readonly string[],
  ) {
    super(message);
  }
}

/** A compiled function suspended under a frame that is not compiled, so the continuation cannot be captured (I8). */
export class ForeignFrameError extends FlowError {
  readonly code = "FLOW_FOREIGN_FRAME";
}

/** A suspending function was called outside a run: by plain host code instead of by the driver. */
export class OutsideRunError extends FlowError {
  readonly code = "FLOW_OUTSIDE_RUN";
}

/** Emitted code and runtime do not belong together. */
export class AbiError extends FlowError {
  readonly code = "FLOW_ABI";
}

/** A stored continuation refers to code that is no longer what it was. The run stays where it was. */
export class ProgramChangedError extends FlowError {
  readonly code = "FLOW_PROGRAM_CHANGED";
}

/** Bytes of a checkpoint that are not a checkpoint. */
export class CorruptCheckpointError extends FlowError {
  readonly code = "FLOW_CORRUPT_CHECKPOINT";
}

/**
 * The store cannot be used: locked, read-only, not a database, of a newer schema, full, refusing this user. The stored runs are unchanged. `unavailable`: it cannot be
 * reached now, and what was asked of it may have happened or not; workers wait until it is back.
 */
export class StoreError extends FlowError {
  readonly code = "FLOW_STORE";
  constructor(
    message: string,
    readonly reason:
      | "locked"
      | "readonly"
      | "corrupt"
      | "not-a-store"
      | "newer-schema"
      | "full"
      | "busy-worker"
      | "closed"
      | "io"
      | "denied"
      | "unavailable",
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Something stored is encrypted and cannot be read, or is not and should be: no cipher, an unknown or wrong key, changed bytes. What is stored is unchanged. */
export class CipherError extends FlowError {
  readonly code = "FLOW_CIPHER";
  constructor(
    message: string,
    /** Id of the key it was encrypted with; `undefined` when it is not encrypted. */
    readonly keyId: string | undefined,
  ) {
    super(message);
  }
}

/** There is no such run. */
export class UnknownRunError extends FlowError {
  readonly code = "FLOW_UNKNOWN_RUN";
}

/** Bad arguments to an API of flowc. */
export class UsageError extends FlowError {
  readonly code = "FLOW_USAGE";
}

/** `result()` of a run that failed; `cause` is the error the program threw, as saved. */
export class RunFailedError extends FlowError {
  readonly code = "FLOW_RUN_FAILED";
}
