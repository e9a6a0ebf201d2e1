/** A simulated operating-system process: what it sees of the world, and how it dies. */
import type { Ports } from "../../dist/runtime/ports.js";
import type { Faults } from "./faults.ts";
import { EPOCH, type Event, type World } from "./world.ts";

export class Process {
  isDead = false;
  /** Nothing of it runs before this virtual time. */
  pausedUntil = 0;
  /** What its clock is off by, in milliseconds. */
  skewMs = 0;
  /** For how long it has computed in the event that is happening. */
  spentMs = 0;
  readonly ports: Ports;
  /** Called once, when it dies. */
  onDeath: (() => void) | undefined;
  readonly id: string;
  readonly #world: World;
  readonly #faults: Faults;
  readonly #canDie: boolean;
  #ids = 0;

  /** @param canDie whether faults may end it */
  constructor(id: string, world: World, faults: Faults, canDie: boolean) {
    this.id = id;
    this.#world = world;
    this.#faults = faults;
    this.#canDie = canDie;
    this.ports = {
      clock: { now: () => EPOCH + Math.floor(world.now + this.spentMs) + this.skewMs },
      timers: {
        after: (delayMs, fn) => ({ timer: this.#timer("timer", delayMs + faults.timerLateness(), fn) }),
        cancel: (handle) => void ((handle.timer as Event).cancelled = true),
        soon: (fn) => void this.#timer("soon", 0, fn),
      },
      logger: { info: () => undefined, warn: (message, facts) => this.#warn(message, facts) },
      random: () => world.random.next(),
      newId: () => (this.#ids++ === 0 ? id : `${id}-${this.#ids}`),
    };
  }

  #timer(label: string, delayMs: number, fn: () => void): Event {
    return this.#world.after(delayMs, this, label, () => {
      if (this.#canDie && this.#faults.chance("diesAtTimer")) this.kill("at a timer");
      else fn();
    });
  }

  #warn(message: string, facts: Readonly<Record<string, unknown>> | undefined): void {
    if (!this.isDead) this.#world.log(`warning: ${message} ${JSON.stringify(facts ?? {})}`, this.id);
  }

  /** Nothing of it runs for a while, as after a long garbage collection, or when the machine sleeps. */
  pause(ms: number): void {
    this.#world.log(`pauses for ${ms} ms`, this.id);
    this.pausedUntil = this.#world.now + ms;
  }

  /** From here on nothing of it happens any more; what it sent is on its way. */
  kill(why: string): void {
    if (this.isDead) return;
    this.isDead = true;
    this.#world.log(`dies: ${why}`, this.id);
    this.onDeath?.();
  }
}
