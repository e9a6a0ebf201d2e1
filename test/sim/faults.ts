/** What goes wrong, and how often: every seed has a mix of its own, some of them none of a kind (so that rare combinations are not drowned by others). */
import type { Random } from "../fuzz/random.ts";

/** Probabilities; those of times are for each occasion. */
export interface FaultMix {
  /** A store call fails and nothing has happened. */
  readonly storeFails: number;
  /** A store call fails and it has happened. */
  readonly storeFailsAfter: number;
  /** A store call takes seconds to minutes, before it is applied or after. */
  readonly storeSlow: number;
  /** The process pauses while a store call is on its way, often for longer than its lease. */
  readonly pausesAtCall: number;
  readonly pausesAtCommit: number;
  /** The process dies with a store call: before it is sent, on its way, or when it has been applied. */
  readonly diesAtCall: number;
  /** The process dies when a body begins, or between its effect and its answer. */
  readonly diesAtStep: number;
  /** The process dies when a timer of it fires. */
  readonly diesAtTimer: number;
  readonly timerLate: number;
  /** A note that there is work is lost, comes late, or comes twice. */
  readonly noteLost: number;
  readonly noteLate: number;
  readonly noteTwice: number;
  /** The outside world does not answer an attempt as it should. */
  readonly stepFails: number;
  readonly stepHangs: number;
  readonly stepSlow: number;
  /** An effect happens and the attempt fails nevertheless. */
  readonly stepLost: number;
  /** Mean virtual hours between two pauses (or jumps of the clock, …) of any process; `Infinity`: none. */
  readonly hoursToPause: number;
  readonly hoursToJump: number;
  readonly hoursToDeath: number;
  readonly hoursToStop: number;
  /** Largest difference of a clock, in leases. */
  readonly skew: number;
}

const NONE: FaultMix = {
  storeFails: 0,
  storeFailsAfter: 0,
  storeSlow: 0,
  pausesAtCall: 0,
  pausesAtCommit: 0,
  diesAtCall: 0,
  diesAtStep: 0,
  diesAtTimer: 0,
  timerLate: 0,
  noteLost: 0,
  noteLate: 0,
  noteTwice: 0,
  stepFails: 0,
  stepHangs: 0,
  stepSlow: 0,
  stepLost: 0,
  hoursToPause: Infinity,
  hoursToJump: Infinity,
  hoursToDeath: Infinity,
  hoursToStop: Infinity,
  skew: 0,
};

export function noFaults(): FaultMix {
  return NONE;
}

export function seededFaults(random: Random): FaultMix {
  const rate = (...rates: readonly number[]): number => (random.chance(0.4) ? 0 : random.pick(rates));
  const every = (...hours: readonly number[]): number => (random.chance(0.4) ? Infinity : random.pick(hours));
  return {
    storeFails: rate(0.002, 0.01, 0.04),
    storeFailsAfter: rate(0.002, 0.01, 0.04),
    storeSlow: rate(0.005, 0.02, 0.1),
    pausesAtCall: rate(0.002, 0.01, 0.05),
    pausesAtCommit: rate(0.02, 0.1, 0.3),
    diesAtCall: rate(0.002, 0.01, 0.05),
    diesAtStep: rate(0.01, 0.05, 0.2),
    diesAtTimer: rate(0.002, 0.01),
    timerLate: rate(0.01, 0.2),
    noteLost: rate(0.1, 0.5, 1),
    noteLate: rate(0.1, 0.5),
    noteTwice: rate(0.1, 0.5),
    stepFails: rate(0.05, 0.2),
    stepHangs: rate(0.02, 0.1),
    stepSlow: rate(0.05, 0.3),
    stepLost: rate(0.02, 0.1),
    hoursToPause: every(0.5, 0.5, 2, 10),
    hoursToJump: every(0.5, 2, 10),
    hoursToDeath: every(0.5, 2, 10),
    hoursToStop: every(1, 5, 20),
    skew: random.pick([0, 0, 0.0001, 0.1, 0.6, 2]),
  };
}

/** What becomes of one store call. */
export interface CallFate {
  /** Milliseconds until it is applied, and from then until its answer is back. */
  readonly there: number;
  readonly back: number;
  readonly fails: "before" | "after" | undefined;
  /** The failure is one that passes. */
  readonly isOutage: boolean;
  readonly dies: "before" | "on the way" | "after" | undefined;
}

export class Faults {
  /** Faults still happen. */
  isOn = true;
  readonly #random: Random;
  readonly #mix: FaultMix;
  readonly #leaseMs: number;

  /** @param leaseMs delays are shorter and longer than that */
  constructor(random: Random, mix: FaultMix, leaseMs: number) {
    this.#random = random;
    this.#mix = mix;
    this.#leaseMs = leaseMs;
  }

  get mix(): FaultMix {
    return this.#mix;
  }

  chance(kind: { [K in keyof FaultMix]: K }[keyof FaultMix]): boolean {
    const rate = this.#mix[kind];
    return this.isOn && rate > 0 && this.#random.chance(rate);
  }

  /** @param canDie whether the caller is a process that may die */
  call(canDie: boolean): CallFate {
    const random = this.#random;
    return {
      there: this.chance("storeSlow") ? this.#long() : this.#usual(),
      back: this.chance("storeSlow") ? this.#long() : this.#usual(),
      fails: this.chance("storeFails") ? "before" : this.chance("storeFailsAfter") ? "after" : undefined,
      isOutage: random.chance(0.6),
      dies: canDie && this.chance("diesAtCall") ? random.pick(["before", "on the way", "after"] as const) : undefined,
    };
  }

  /** Milliseconds on the network when nothing is wrong; sometimes so many that much else happens meanwhile. */
  #usual(): number {
    const random = this.#random;
    return random.chance(0.1) ? random.below(2_000) : 1 + random.below(4);
  }

  timerLateness(): number {
    return this.chance("timerLate") ? this.#long() : 0;
  }

  /** Some seconds, part of a lease, or more than one. */
  #long(): number {
    const random = this.#random;
    return random.weighted([
      [4, random.below(5_000)],
      [2, random.below(this.#leaseMs)],
      [3, this.#leaseMs + random.below(this.#leaseMs)],
    ]);
  }

  /** Milliseconds until the next of what happens every so many hours, `undefined`: never. */
  until(kind: "hoursToPause" | "hoursToJump" | "hoursToDeath" | "hoursToStop"): number | undefined {
    const mean = this.#mix[kind];
    if (!this.isOn || mean === Infinity) return undefined;
    return Math.ceil(-Math.log(1 - this.#random.next()) * mean * 3_600_000);
  }

  pause(): number {
    return this.#long();
  }

  skew(): number {
    return Math.round((this.#random.next() * 2 - 1) * this.#mix.skew * this.#leaseMs);
  }
}
