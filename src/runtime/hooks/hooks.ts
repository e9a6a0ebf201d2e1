/** Handlers that are told what happens to runs. */
import { UsageError } from "../../shared/errors.js";
import { milliseconds, type Duration } from "../effects/duration.js";
import { HOOK_EVENTS, type HookEvent, type Notes, type Store } from "../store/store.js";

/** What a handler is told. */
export interface RunEvent {
  /** Id of the run. */
  readonly run: string;
  /** Code id of its workflow: `src/checkout.ts#checkout`. */
  readonly workflow: string;
  /** What has happened. The run may have gone on since, when it was retried or resumed. */
  readonly status: HookEvent;
  /** Why it failed, crashed, timed out or was cancelled, as it was saved. */
  readonly error?: unknown;
  /** The facts noted about the run, as they are now. */
  readonly notes: Notes;
  /** When it happened. */
  readonly at: Date;
  /** Number of this attempt, from 1. */
  readonly attempt: number;
  /** The same for every attempt to tell this handler of this event, and for nothing else. */
  readonly idempotencyKey: string;
}

export type HookHandler = (event: RunEvent) => unknown;

export interface HookOptions {
  /** Names the hook in the store. A program that calls it otherwise is a new hook, and what the old one has not been told waits for ever. */
  readonly name: string;
  /** A handler that takes longer is called again. Default: one minute. */
  readonly timeout?: Duration;
}

/** A hook with its handler in this process. */
export interface Hook {
  readonly name: string;
  /** Calls the handler no more in this process; the hook stays, and what happens is kept for the next process. */
  close(): void;
  /** Takes the hook out of the store, with everything it has not been told. */
  remove(): Promise<void>;
}

export interface Registered {
  readonly handler: HookHandler;
  readonly timeoutMs: number;
}

const EVENTS: ReadonlySet<HookEvent> = new Set(HOOK_EVENTS);

/** The handlers of a process, by name. */
export class Hooks {
  readonly #handlers = new Map<string, Registered>();

  get names(): readonly string[] {
    return [...this.#handlers.keys()];
  }

  get(name: string): Registered | undefined {
    return this.#handlers.get(name);
  }

  /** Throws UsageError. */
  async add(
    store: Store,
    events: readonly HookEvent[],
    handler: HookHandler,
    { name, timeout = "1 minute" }: HookOptions,
  ): Promise<Hook> {
    if (typeof name !== "string" || name === "")
      throw new UsageError("flow.on takes a name for the hook: flow.on(event, handler, { name }).");
    if (typeof handler !== "function") throw new UsageError(`flow.on: the handler of hook ${name} is no function.`);
    const unknown = events.find((event) => !EVENTS.has(event));
    if (unknown !== undefined || events.length === 0)
      throw new UsageError(`flow.on: ${JSON.stringify(unknown)} is no event of a run. Events: ${[...EVENTS].join(", ")}.`);
    if (this.#handlers.has(name)) throw new UsageError(`flow.on: hook ${name} has a handler in this process already.`);
    const registered: Registered = { handler, timeoutMs: milliseconds(timeout, "flow.on: timeout") };
    this.#handlers.set(name, registered);
    const close = (): void => {
      if (this.#handlers.get(name) === registered) this.#handlers.delete(name);
    };
    try {
      await store.putHook({ name, events });
    } catch (error) {
      close();
      throw error;
    }
    return {
      name,
      close,
      async remove() {
        close();
        await store.deleteHook(name);
      },
    };
  }
}
