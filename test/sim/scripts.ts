/** Seeded programs for the interpreter of `programs/script.ts`. */
import type { Random } from "../fuzz/random.ts";
import type { Op } from "./programs/script.ts";

const HOUR = 3_600_000;
const CHANNELS = ["a", "b"] as const;

interface Script {
  readonly ops: readonly Op[];
  /** Messages that are needed, by channel. */
  readonly messages: ReadonlyMap<string, number>;
}

/** @param isDeterministic whether the outcome may depend on nothing but the script */
export function scriptOf(random: Random, isDeterministic: boolean): Script {
  const writer = new Writer(random, isDeterministic);
  const ops: Op[] = [];
  for (let i = 2 + random.below(7); i > 0; i--) ops.push(...writer.block(0), ...writer.failing());
  return { ops: [...ops, ...writer.rest()], messages: writer.messages };
}

class Writer {
  readonly messages = new Map<string, number>();
  readonly #random: Random;
  readonly #isDeterministic: boolean;
  readonly #open: string[] = [];
  #names = 0;
  /** Inside a spawned strand: only main receives when the outcome must not depend on who is first. */
  #inStrand = false;
  /** How often the code that is being written runs. */
  #times = 1;

  constructor(random: Random, isDeterministic: boolean) {
    this.#random = random;
    this.#isDeterministic = isDeterministic;
  }

  block(depth: number): Op[] {
    return Array.from({ length: 1 + this.#random.below(4) }, () => this.#op(depth)).flat();
  }

  /** Joins of all tasks that nobody joined. */
  rest(): Op[] {
    return this.#open.splice(0).map((name) => ({ op: "join", name }));
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

  #act(op: "act" | "act now"): Op {
    const payload = "p".repeat(this.#random.pick([0, 1, 10, 3_000]));
    // What is shared when the call is made depends on time, unless nobody else changes it.
    return { op, payload, shares: this.#random.chance(0.3) };
  }

  #op(depth: number): Op[] {
    const random = this.#random;
    const nested = depth < 3 ? 1 : 0;
    // What strands share, they change in an order that depends on time.
    const shared = this.#isDeterministic && this.#inStrand ? 0 : 1;
    const kind = random.weighted([
      [5, "act"],
      [2, "act now"],
      [3, "sleep"],
      [shared, "grow"],
      [shared, "shrink"],
      [2, "receive"],
      [this.#isDeterministic ? 0 : 1, "take"],
      [nested, "limit"],
      [this.#inStrand || this.#times > 1 ? 0 : nested * 1.5, "spawn"],
      [nested, "loop"],
      [nested * 1.5, "try"],
    ] as const);
    return this.#write(kind, depth);
  }

  #write(kind: Op["op"], depth: number): Op[] {
    const random = this.#random;
    switch (kind) {
      case "act":
      case "act now":
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
      default:
        return [this.#try(depth)];
    }
  }

  #receive(): Op[] {
    const channel = this.#random.pick(CHANNELS);
    if (this.#isDeterministic) {
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
    if (!this.#isDeterministic) return { op: "limit", ms, body: this.block(depth + 1) };
    // Two timers that were set together go off in their order, however late.
    const sleep = random.chance(0.5) ? ms - 1 - random.below(500) : ms + 1 + random.below(HOUR);
    return { op: "limit", ms, body: [{ op: "sleep", ms: sleep }] };
  }

  #spawn(depth: number): Op[] {
    const random = this.#random;
    const name = `t${++this.#names}`;
    this.#inStrand = true;
    const body = this.block(depth + 1);
    this.#inStrand = false;
    const spawn: Op = { op: "spawn", name, body };
    const join: Op = { op: "join", name };
    const ends = this.#isDeterministic ? (["join", "later"] as const) : (["join", "later", "cancel", "leave"] as const);
    const end = random.pick(ends);
    if (end === "join") return [spawn, ...this.block(depth + 2), join];
    if (end === "cancel") return [spawn, { op: "sleep", ms: random.below(HOUR) }, { op: "cancel", name }, join];
    if (end === "later") this.#open.push(name);
    return [spawn];
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
    if (random.chance(0.3))
      body.push(random.chance(0.5) ? { op: "throw" } : { op: "act", payload: "fatal 1000000", shares: false });
    const cleanup: Op[] = Array.from({ length: random.below(3) }, () => ({ op: "act", payload: "cleanup", shares: false }));
    return { op: "try", body, cleanup };
  }
}
