/** Seeded programs for the interpreter of `programs/script.ts`. */
import type { Random } from "../fuzz/random.ts";
import type { Member, Op } from "./programs/ops.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const CHANNELS = ["a", "b"] as const;
const KEYS = ["k1", "k2", "k3"] as const;
/** Of the messages that parents send; those of clients count from 0. */
const FIRST_TOLD = 100;

export interface Style {
  /** The outcome may depend on nothing but the script. */
  readonly isDeterministic: boolean;
  /** The run, or one above it, has a deadline: then nobody below has one, so that it is known whose error it is. */
  readonly hasDeadline: boolean;
  /** A step that has used up its attempts pauses the run: then no step may fail for ever. */
  readonly pausesOnFailure: boolean;
  /** How many runs are above this one. */
  readonly generation: number;
}

interface Script {
  readonly ops: readonly Op[];
  /** Messages that are needed, by channel. */
  readonly messages: ReadonlyMap<string, number>;
}

export function scriptOf(random: Random, style: Style): Script {
  const writer = new Writer(random, style);
  const ops: Op[] = [];
  const blocks = style.generation === 0 ? 2 + random.below(7) : 1 + random.below(3);
  for (let i = blocks; i > 0; i--) ops.push(...writer.block(0), ...writer.failing());
  return { ops: [...ops, ...writer.rest()], messages: writer.messages };
}

class Writer {
  readonly messages = new Map<string, number>();
  readonly #random: Random;
  readonly #style: Style;
  /** What is waited for at the end. */
  readonly #open: Op[] = [];
  #names = 0;
  #told = FIRST_TOLD;
  /** Inside a strand other than main: only main receives when the outcome must not depend on who is first. */
  #inStrand = false;
  /** How often the code that is being written runs. */
  #times = 1;

  constructor(random: Random, style: Style) {
    this.#random = random;
    this.#style = style;
  }

  block(depth: number): Op[] {
    return Array.from({ length: 1 + this.#random.below(depth > 1 ? 2 : 4) }, () => this.#op(depth)).flat();
  }

  /** Joins of all tasks that nobody joined, and results of children. */
  rest(): Op[] {
    return this.#open.splice(0);
  }

  /** A step that fails so often that the run does, some times. */
  failing(): Op[] {
    const times = 1 + this.#random.below(3);
    return this.#random.weighted<Op[]>([
      [8, []],
      [1, [{ op: "act", payload: `fatal ${times}`, shares: false }]],
      [1, [this.#act("act"), { op: "break", times }]],
    ]);
  }

  #act(op: "act" | "act now" | "beat"): Op {
    const payload = "p".repeat(this.#random.pick([0, 1, 10, 3_000]));
    // What is shared when the call is made depends on time, unless nobody else changes it.
    return { op, payload, shares: this.#random.chance(0.3) };
  }

  #op(depth: number): Op[] {
    const random = this.#random;
    const { isDeterministic, generation } = this.#style;
    const nested = depth < 3 ? 1 : 0;
    const isOnce = !this.#inStrand && this.#times === 1;
    // What strands share, they change in an order that depends on time.
    const shared = isDeterministic && this.#inStrand ? 0 : 1;
    const kind = random.weighted([
      [4, "act"],
      [1.5, "act now"],
      [0.5, "beat"],
      [3, "sleep"],
      [shared, "grow"],
      [shared, "shrink"],
      [1.5, "receive"],
      [isDeterministic ? 0 : 1, "take"],
      [nested, "limit"],
      [isOnce ? nested * 1.2 : 0, "spawn"],
      [nested, "loop"],
      [nested * 1.2, "try"],
      [0.6, "compute"],
      [0.5, "note"],
      [nested * 1.2, "group"],
      [nested * 0.8, "map"],
      [0.8, "callback"],
      [1.2, "queued"],
      [0.8, "fetch"],
      [isOnce && generation < 2 ? 1.5 / (1 + depth) : 0, "start"],
    ] as const);
    return this.#write(kind, depth);
  }

  #write(kind: Op["op"], depth: number): Op[] {
    const random = this.#random;
    switch (kind) {
      case "act":
      case "act now":
      case "beat":
        return [this.#act(kind)];
      case "sleep":
        return [{ op: "sleep", ms: random.pick([0, random.below(2_000), random.below(HOUR), random.below(5 * HOUR)]) }];
      case "grow":
        return [{ op: "grow", size: random.pick([10, 500, 3_000, 70_000]), count: 1 + random.below(6) }];
      case "shrink":
        return [{ op: "shrink", keep: random.below(6) }];
      case "receive":
        return this.#receive();
      case "take":
        return [{ op: "take", channel: random.pick(CHANNELS) }];
      case "limit":
        return [this.#limit(depth)];
      case "spawn":
        return this.#spawn(depth);
      case "loop":
        return [this.#loop(depth)];
      case "try":
        return [this.#try(depth)];
      default:
        return this.#beyond(kind, depth);
    }
  }

  #beyond(kind: Op["op"], depth: number): Op[] {
    const random = this.#random;
    switch (kind) {
      case "compute":
        return [{ op: "compute", rounds: 1 + random.below(random.pick([20, 60])), ms: random.pick([1, 30, 1_000, MINUTE]) }];
      case "note":
        return [{ op: "note", key: random.pick(KEYS) }];
      case "group":
        return [this.#group(depth)];
      case "map":
        return [this.#map(depth)];
      case "callback":
        return [this.#callback()];
      case "queued":
        return [{ op: "queued", queue: random.pick(["narrow", "urgent", "keyed", "rated", "beating"]), key: random.pick(KEYS) }];
      case "fetch":
        return [{ op: "fetch", key: random.pick(KEYS), isQueued: random.chance(0.3) }];
      default:
        return this.#start();
    }
  }

  #receive(): Op[] {
    const channel = this.#random.pick(CHANNELS);
    if (this.#style.isDeterministic) {
      // A message that is received or not, as time goes, would decide what the next one is.
      if (this.#inStrand) return [];
      this.messages.set(channel, (this.messages.get(channel) ?? 0) + this.#times);
      return [{ op: "receive", channel, timeout: undefined }];
    }
    if (this.#random.chance(0.7)) this.messages.set(channel, (this.messages.get(channel) ?? 0) + 1);
    return [{ op: "receive", channel, timeout: this.#random.below(6 * HOUR) }];
  }

  #limit(depth: number): Op {
    const random = this.#random;
    const ms = 1_000 + random.below(6 * HOUR);
    if (!this.#style.isDeterministic) return { op: "limit", ms, body: this.block(depth + 1) };
    // Two timers that were set together go off in their order, however late.
    const sleep = random.chance(0.5) ? ms - 1 - random.below(500) : ms + 1 + random.below(HOUR);
    return { op: "limit", ms, body: [{ op: "sleep", ms: sleep }] };
  }

  #spawn(depth: number): Op[] {
    const random = this.#random;
    const name = `t${++this.#names}`;
    const body = this.#within(() => this.block(depth + 1));
    const spawn: Op = { op: "spawn", name, body };
    const join: Op = { op: "join", name };
    const end = this.#end();
    if (end === "now") return [spawn, ...this.block(depth + 2), join];
    if (end === "cancel") return [spawn, { op: "sleep", ms: random.below(HOUR) }, { op: "cancel", name }, join];
    if (end === "later") this.#open.push(join);
    return [spawn];
  }

  /** What becomes of what was started. */
  #end(): "now" | "later" | "cancel" | "leave" {
    const ends = ["now", "later", "cancel", "leave"] as const;
    return this.#random.pick(this.#style.isDeterministic ? ends.slice(0, 2) : ends);
  }

  /** What is written runs in a strand of its own. */
  #within<T>(write: () => T): T {
    const before = this.#inStrand;
    this.#inStrand = true;
    const written = write();
    this.#inStrand = before;
    return written;
  }

  #loop(depth: number): Op {
    const times = this.#random.below(5);
    const before = this.#times;
    this.#times *= times;
    const body = this.block(depth + 1);
    this.#times = before;
    return { op: "loop", times, body };
  }

  #try(depth: number): Op {
    const random = this.#random;
    const body = this.block(depth + 1);
    if (random.chance(0.3)) body.push(this.#throws());
    return { op: "try", body, cleanup: this.#cleanup() };
  }

  #throws(): Op {
    if (this.#style.pausesOnFailure || this.#random.chance(0.5)) return { op: "throw" };
    return { op: "act", payload: "fatal 1000000", shares: false };
  }

  #cleanup(): Op[] {
    return Array.from({ length: this.#random.below(3) }, () => ({ op: "act", payload: "cleanup", shares: false }));
  }

  #member(depth: number, canThrow: boolean): Member {
    const body = this.#within(() => this.block(depth + 2));
    if (canThrow && this.#random.chance(0.2)) body.push({ op: "throw" });
    return { body, cleanup: this.#random.chance(0.3) ? this.#cleanup() : [] };
  }

  #group(depth: number): Op {
    const random = this.#random;
    const { isDeterministic } = this.#style;
    const combinator = random.pick(isDeterministic ? (["all", "settle"] as const) : (["all", "settle", "race", "any"] as const));
    // With whom an error is met first, is a matter of time.
    const canThrow = !isDeterministic || combinator === "settle";
    const bodies = Array.from({ length: 1 + random.below(4) }, () => this.#member(depth, canThrow));
    return { op: "group", combinator, bodies };
  }

  #map(depth: number): Op {
    const random = this.#random;
    const items = random.below(7);
    const concurrency = random.chance(0.25) ? undefined : 1 + random.below(3);
    return { op: "map", items, concurrency, member: this.#member(depth + 1, !this.#style.isDeterministic) };
  }

  #callback(): Op {
    const random = this.#random;
    const count = this.#style.isDeterministic ? 1 + random.below(2) : random.below(4);
    const answers = Array.from({ length: count }, () => random.pick([0, random.below(10_000), random.below(6 * HOUR)]));
    const isPatient = this.#style.isDeterministic || (count > 0 && random.chance(0.5));
    return { op: "callback", answers, timeout: isPatient ? undefined : random.below(5 * HOUR) };
  }

  #start(): Op[] {
    const random = this.#random;
    const { isDeterministic, generation, hasDeadline } = this.#style;
    const name = `c${++this.#names}`;
    const deadline = isDeterministic || hasDeadline || random.chance(0.6) ? undefined : random.below(6 * HOUR);
    const pauseOnFailure = random.chance(0.2);
    const style = { isDeterministic, hasDeadline: hasDeadline || deadline !== undefined, pausesOnFailure: pauseOnFailure };
    const { ops: body, messages } = scriptOf(random, { ...style, generation: generation + 1 });
    const start: Op = {
      op: "start",
      name,
      body,
      hasId: random.chance(0.5),
      onParentEnd: random.chance(0.7) ? "cancel" : "abandon",
      delay: random.chance(0.3) ? random.below(3 * HOUR) : undefined,
      deadline,
      pauseOnFailure,
    };
    const tells = [...messages].flatMap(([channel, count]): Op[] =>
      Array.from({ length: count }, () => ({ op: "tell", name, channel, value: this.#told++ })),
    );
    const result: Op = { op: "result", name, isTimed: deadline !== undefined };
    const end = this.#end();
    if (end === "now") return [start, ...tells, result];
    if (end === "cancel") return [start, ...tells, { op: "sleep", ms: random.below(2 * HOUR) }, { op: "stop", name }, result];
    if (end === "later") this.#open.push(result);
    return [start, ...tells];
  }
}
