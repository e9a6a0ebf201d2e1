/**
 * `flowc`: what workflow code and host programs import. Only re-exports; the documentation is at the definitions.
 */

// Workflow code.
export { step, steps, perform, type Steps, type Unpromised } from "./runtime/effects/step.js";
export type { CacheOptions, RetryOptions, StepOptions } from "./runtime/effects/retry.js";
export { sleep, sleepUntil } from "./runtime/effects/sleep.js";
export { queue, type Queue, type QueueOptions } from "./runtime/effects/queue.js";
export type { Duration, TemporalDuration } from "./runtime/effects/duration.js";
export type { Instant, TemporalInstant } from "./runtime/effects/instant.js";
export { channel, type Channel, type ReceiveOptions } from "./runtime/effects/channel.js";
export { spawn, type Task } from "./runtime/effects/task.js";
export { start, send, type ChildOptions, type ChildRun } from "./runtime/effects/child.js";
export { callback } from "./runtime/effects/callback.js";
export { note } from "./runtime/effects/note.js";
export { all, any, race, settle, type Results, type Settled, type SettledResults } from "./runtime/effects/concurrent.js";
export { map, type MapOptions } from "./runtime/effects/map.js";
export { overlap } from "./runtime/effects/overlap.js";
export { withTimeout } from "./runtime/effects/timeout.js";

// Values that need help to be saved.
export { secret, type Secret } from "./runtime/secret.js";
export { resource, type Resource, type ResourceOptions } from "./runtime/effects/resource.js";
export { registerCodec, type ValueCodec } from "./runtime/codec/index.js";

// The bodies of steps.
export { stepContext, type StepContext } from "./runtime/effects/context.js";

// Host programs.
export { isWorkflow } from "./runtime/workflows.js";
export { open, type Flow, type FlowOptions, type Run, type SendOptions, type StartOptions } from "./runtime/flow.js";
export type { Hook, HookHandler, HookOptions, RunEvent } from "./runtime/hooks/hooks.js";
export type { ScheduleOptions, ScheduleSpec } from "./runtime/schedules/options.js";
export type { Schedule, ScheduleDescription } from "./runtime/schedules/schedule.js";
export type { Worker, WorkerOptions } from "./runtime/worker.js";
export type { FrameDescription, RunDescription, StrandDescription } from "./runtime/inspect.js";
export type { ConsoleLevel, ConsoleLine } from "./runtime/console.js";
export type {
  AttemptFacts,
  AttemptOutcome,
  AttemptTelemetry,
  CommitFacts,
  EndFacts,
  RunFacts,
  Telemetry,
} from "./runtime/telemetry.js";
export type { Clock, Logger, Ports, TimerHandle, Timers } from "./runtime/ports.js";
export { aes256gcm, type AesKeys, type Cipher } from "./runtime/store/aes256gcm.js";
export type { Sealed } from "./runtime/store/sealed.js";
export { memory } from "./runtime/store/memory.js";
export { sqlite } from "./runtime/store/sqlite/index.js";
export type { HookEvent, JournalEntry, NoteValue, RunQuery, RunStatus, RunSummary, Store } from "./runtime/store/store.js";

// Errors.
export {
  AbiError,
  CancelledError,
  CipherError,
  CorruptCheckpointError,
  FlowError,
  ForeignFrameError,
  CheckpointTooLargeError,
  NotSaveableError,
  OutsideRunError,
  ProgramChangedError,
  RunFailedError,
  StepError,
  StoreError,
  TimeoutError,
  UnknownRunError,
  UsageError,
} from "./shared/errors.js";
