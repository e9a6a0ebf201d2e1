/**
 * The virtual world: one queue of events, one clock, one source of chance. Between two events all promise jobs run, so what a process does between two
 * awaits belongs to the event before it. Nothing in here, and nothing that runs in it, touches the real clock, timers or randomness.
 */
import { Random } from "../fuzz/random.ts";
import type { Process } from "./process.ts";
import { Queue } from "./queue.ts";
import { Trace } from "./trace.ts";

export interface Event {
  /** Virtual milliseconds since the beginning. */
  at: number;
  seq: number;
  /** The process whose code runs then; `undefined`: the network, the store, the world. What a dead process wanted does not happen. */
  readonly owner: Process | undefined;
  readonly label: string;
  readonly run: () => void;
  cancelled: boolean;
}

/** A promise of the simulation is broken: what a seed can find. */
export class Violation extends Error {}

/** Virtual time 0, in milliseconds since the epoch. */
export const EPOCH = 1_700_000_000_000;

/** More events than any seed needs: something goes round in circles. */
const MAX_EVENTS = 400_000;

export class World {
  now = 0;
  /** The process whose code is running. */
  current: Process | undefined;
  readonly random: Random;
  readonly trace: Trace;
  readonly violations: Violation[] = [];
  events = 0;
  readonly #queue = new Queue<Event>();
  #seq = 0;

  constructor(seed: number, isTraced: boolean) {
    this.random = new Random(seed);
    globalThis.simBusy = busy(this);
    this.trace = new Trace(isTraced);
  }

  /** Has `run` called after `delayMs`. */
  after(delayMs: number, owner: Process | undefined, label: string, run: () => void): Event {
    const event: Event = { at: this.now + Math.max(delayMs, 0), seq: ++this.#seq, owner, label, run, cancelled: false };
    this.#queue.push(event);
    return event;
  }

  log(what: string, who: string = this.current?.id ?? "world"): void {
    this.trace.add(this.now, who, what);
  }

  /** Reports a broken promise; the seed is over. */
  violate(message: string): void {
    this.log(`VIOLATION ${message}`);
    this.violations.push(new Violation(message));
  }

  /** Lets events happen until `isOver` says so, a promise is broken, or nothing is left to happen. */
  play(isOver: () => boolean): Promise<void> {
    // In a macrotask: promise jobs cannot be drained by a promise job.
    return new Promise((resolve, reject) => {
      setImmediate(() => {
        const { stackTraceLimit } = Error;
        // Stacks are saved with errors, and how deep they are differs between the first and the second time.
        Error.stackTraceLimit = 0;
        try {
          this.#play(isOver);
          resolve();
        } catch (error) {
          reject(new Error(`the simulation itself is broken: ${String(error)}`, { cause: error }));
        } finally {
          Error.stackTraceLimit = stackTraceLimit;
        }
      });
    });
  }

  /** It has computed for some time: what comes meanwhile waits. */
  #spend(owner: Process): void {
    owner.pausedUntil = Math.max(owner.pausedUntil, this.now + owner.spentMs);
    owner.spentMs = 0;
  }

  #play(isOver: () => boolean): void {
    while (!isOver() && this.violations.length === 0) {
      const event = this.#queue.pop();
      if (event === undefined) return this.violate("nothing is left to happen, and something is still waited for");
      const { owner } = event;
      if (event.cancelled || owner?.isDead === true) continue;
      if (owner !== undefined && owner.pausedUntil > event.at) {
        event.at = owner.pausedUntil;
        this.#queue.push(event);
        continue;
      }
      if (++this.events > MAX_EVENTS) return this.violate(`more than ${MAX_EVENTS} events: something goes round in circles`);
      this.now = Math.max(this.now, event.at);
      this.current = owner;
      this.log(event.label, owner?.id);
      event.run();
      drain();
      if (owner !== undefined && owner.spentMs > 0) this.#spend(owner);
    }
    this.current = undefined;
  }
}

/** Of the process whose code is running. */
function busy(world: World): typeof simBusy {
  return {
    get ms() {
      return world.current?.spentMs ?? 0;
    },
    set ms(ms) {
      if (world.current !== undefined) world.current.spentMs = ms;
    },
  };
}

/**
 * Runs all promise jobs and `nextTick` callbacks, as Node does between two macrotasks. Node keeps this method for its own tests and old packages; awaiting a
 * `setImmediate` instead gives the same traces in half as much time again.
 */
function drain(): void {
  (process as unknown as { _tickCallback(): void })._tickCallback();
}
