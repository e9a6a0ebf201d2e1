/** The runs of a seed: which program, with which arguments, and what clients do to it. */
import type { StartOptions } from "../../dist/runtime/flow.js";
import type { Random } from "../fuzz/random.ts";
import type { InboxPlan } from "./programs/inbox.ts";
import type { Trip } from "./programs/saga.ts";
import type { Op } from "./programs/ops.ts";
import { scriptOf } from "./scripts.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export type Program =
  | { readonly workflow: "script"; readonly args: readonly Op[] }
  | { readonly workflow: "saga"; readonly args: Trip }
  | { readonly workflow: "inbox"; readonly args: InboxPlan };

export interface Plan {
  readonly id: string;
  readonly program: Program;
  /** When it is started, in virtual milliseconds from the beginning. */
  readonly startAt: number;
  readonly options: Options;
  readonly pauses: readonly Pause[];
  readonly messages: readonly Sending[];
  readonly cancelAt: number | undefined;
  /** The result is the same whatever goes wrong: neither time nor order of arrival decides anything. */
  readonly isDeterministic: boolean;
}

/** What is said when it is started; times in milliseconds. */
export type Options = Pick<StartOptions, "pauseOnFailure" | "stepBudget"> & {
  readonly delay?: number;
  readonly deadline?: number;
};

export interface Pause {
  readonly at: number;
  readonly forMs: number;
}

/** A message that is sent at a time, more than once perhaps, always under the same id. */
export interface Sending {
  readonly channel: string;
  readonly value: number;
  readonly at: readonly number[];
}

export function plansOf(random: Random): Plan[] {
  return Array.from({ length: 1 + random.below(4) }, (_, index) => planOf(random, `r${index + 1}`));
}

function planOf(random: Random, id: string): Plan {
  const startAt = random.pick([0, random.below(HOUR), random.below(10 * HOUR)]);
  const kind = random.weighted([
    [4, "script"],
    [2, "saga"],
    [2, "inbox"],
  ] as const);
  if (kind === "script") return scriptPlan(random, id, startAt);
  return kind === "saga" ? sagaPlan(random, id, startAt) : inboxPlan(random, id, startAt);
}

function scriptPlan(random: Random, id: string, startAt: number): Plan {
  const isDeterministic = random.chance(0.6);
  const options = optionsOf(random, isDeterministic);
  const style = {
    isDeterministic,
    hasDeadline: options.deadline !== undefined,
    pausesOnFailure: options.pauseOnFailure === true,
    generation: 0,
  };
  const { ops, messages } = scriptOf(random, style);
  const cancelAt = isDeterministic || random.chance(0.6) ? undefined : startAt + random.below(20 * HOUR);
  // Some compute until they are cancelled.
  const last: Op[] = cancelAt !== undefined && random.chance(0.3) ? [{ op: "compute", rounds: 1e9, ms: 10 * MINUTE }] : [];
  return {
    id,
    program: { workflow: "script", args: [...ops, ...last] },
    startAt,
    options,
    pauses: pausesOf(random, startAt),
    messages: [...messages].flatMap(([channel, count]) => sendings(random, channel, count, startAt, 5 * HOUR)),
    cancelAt,
    isDeterministic,
  };
}

function optionsOf(random: Random, isDeterministic: boolean): Options {
  return {
    ...(random.chance(0.2) && { delay: random.below(5 * HOUR) }),
    ...(!isDeterministic && random.chance(0.3) && { deadline: random.below(12 * HOUR) }),
    ...(random.chance(0.15) && { pauseOnFailure: true }),
    ...(random.chance(0.15) && { stepBudget: 1 + random.below(8) }),
  };
}

function pausesOf(random: Random, startAt: number): Pause[] {
  if (random.chance(0.75)) return [];
  return Array.from({ length: 1 + random.below(2) }, () => ({
    at: startAt + random.below(random.pick([1_000, 6 * HOUR])),
    forMs: random.pick([0, random.below(MINUTE), random.below(8 * HOUR)]),
  }));
}

function sagaPlan(random: Random, id: string, startAt: number): Plan {
  const trip = { legs: 1 + random.below(4), pauseMs: random.below(3 * HOUR), patienceMs: random.below(24 * HOUR) };
  return {
    id,
    program: { workflow: "saga", args: trip },
    startAt,
    options: {},
    pauses: pausesOf(random, startAt),
    messages: random.chance(0.7) ? sendings(random, "answer", 1 + random.below(2), startAt, 24 * HOUR) : [],
    cancelAt: random.chance(0.4) ? startAt + random.below(24 * HOUR) : undefined,
    isDeterministic: false,
  };
}

function inboxPlan(random: Random, id: string, startAt: number): Plan {
  const messages = random.below(12);
  const plan = { messages, readers: 1 + random.below(3), patienceMs: HOUR + random.below(5 * HOUR), restMs: random.below(HOUR) };
  return {
    id,
    program: { workflow: "inbox", args: plan },
    startAt,
    options: {},
    pauses: pausesOf(random, startAt),
    messages: sendings(random, "mail", messages, startAt, 10 * HOUR),
    cancelAt: random.chance(0.1) ? startAt + random.below(10 * HOUR) : undefined,
    isDeterministic: false,
  };
}

/** Some in bursts, some over hours, some twice. */
function sendings(random: Random, channel: string, count: number, from: number, overMs: number): Sending[] {
  const isBurst = random.chance(0.4);
  const burstMs = random.pick([10, 5_000]);
  return Array.from({ length: count }, (_, value) => {
    const at = from + random.below(isBurst ? burstMs : overMs);
    return { channel, value, at: random.chance(0.3) ? [at, at + random.below(random.pick([10, HOUR]))] : [at] };
  });
}
