/** A workflow that is an interpreter: what it does is its argument, so that every seed is another program. */
import { CancelledError, channel, sleep, spawn, StepError, withTimeout, TimeoutError, type Task } from "flowc";
import { act, actNow, Lane } from "./outside.ts";

export type Op =
  | { readonly op: "act" | "act now"; readonly payload: string; readonly shares: boolean }
  | { readonly op: "break"; readonly times: number }
  | { readonly op: "sleep"; readonly ms: number }
  | { readonly op: "grow"; readonly size: number; readonly count: number }
  | { readonly op: "shrink"; readonly keep: number }
  | { readonly op: "receive"; readonly channel: string; readonly timeout: number | undefined }
  | { readonly op: "take"; readonly channel: string }
  | { readonly op: "limit"; readonly ms: number; readonly body: readonly Op[] }
  | { readonly op: "spawn"; readonly name: string; readonly body: readonly Op[] }
  | { readonly op: "join"; readonly name: string }
  | { readonly op: "cancel"; readonly name: string }
  | { readonly op: "loop"; readonly times: number; readonly body: readonly Op[] }
  | { readonly op: "try"; readonly body: readonly Op[]; readonly cleanup: readonly Op[] }
  | { readonly op: "throw" };

/** What the strands of a run share. */
interface Shared {
  readonly tasks: Map<string, Task<string[]>>;
  readonly ballast: string[];
  /** What any strand has seen, in no particular order. */
  total: number;
}

export interface Result {
  readonly seen: readonly string[];
  readonly total: number;
  readonly ballast: number;
}

class Thrown extends Error {}
class Broken extends Error {}

export function script(run: string, ops: readonly Op[]): Result {
  const shared: Shared = { tasks: new Map(), ballast: [], total: 0 };
  const lane = new Lane(run, "main");
  const seen: string[] = [];
  lane.mark("begin");
  block(ops, lane, seen, shared);
  lane.mark("end");
  return { seen, total: shared.total, ballast: shared.ballast.reduce((sum, text) => sum + text.length, 0) };
}

function block(ops: readonly Op[], lane: Lane, seen: string[], shared: Shared): void {
  for (const op of ops) {
    lane.mark(op.op);
    perform(op, lane, seen, shared);
  }
}

function perform(op: Op, lane: Lane, seen: string[], shared: Shared): void {
  switch (op.op) {
    case "act":
      note(act(lane.label(), op.payload, op.shares ? shared.ballast : []), seen, shared);
      return;
    case "act now":
      note(actNow(lane.label(), op.payload, op.shares ? shared.ballast : []), seen, shared);
      return;
    case "break":
      // Fails the run: nothing catches this.
      if (simIsBroken(lane.label(), op.times)) throw new Broken(lane.label());
      return;
    case "sleep":
      sleep(op.ms);
      return;
    case "grow":
      for (let i = 0; i < op.count; i++) shared.ballast.push(`${lane.label()} ${i} `.padEnd(op.size, "x"));
      return;
    case "shrink":
      shared.ballast.length = Math.min(shared.ballast.length, op.keep);
      return;
    case "receive":
      receive(op.channel, op.timeout, lane, seen);
      return;
    case "take": {
      const taken = channel<number>(op.channel).tryReceive();
      if (taken !== undefined) got(op.channel, taken, lane, seen);
      return;
    }
    case "limit":
      limit(op.ms, op.body, lane, seen, shared);
      return;
    case "spawn": {
      const child = new Lane(lane.run, `${lane.name}.${op.name}`);
      shared.tasks.set(
        op.name,
        spawn(() => strand(op.body, child, shared)),
      );
      return;
    }
    case "join":
      join(op.name, seen, shared);
      return;
    case "cancel":
      shared.tasks.get(op.name)?.cancel("not needed");
      return;
    case "loop":
      for (let i = 0; i < op.times; i++) block(op.body, lane, seen, shared);
      return;
    case "try":
      attempt(op.body, op.cleanup, lane, seen, shared);
      return;
    case "throw":
      throw new Thrown(lane.label());
  }
}

function note(answer: string, seen: string[], shared: Shared): void {
  seen.push(answer);
  shared.total++;
}

function strand(body: readonly Op[], lane: Lane, shared: Shared): string[] {
  const seen: string[] = [];
  lane.mark("begin");
  try {
    block(body, lane, seen, shared);
  } catch (error) {
    if (!(error instanceof Thrown)) throw error;
    seen.push(`threw ${error.message}`);
  }
  lane.mark("end");
  return seen;
}

function join(name: string, seen: string[], shared: Shared): void {
  const task = shared.tasks.get(name);
  try {
    seen.push(...(task?.join() ?? []));
  } catch (error) {
    // Of this strand, or of the one that is joined.
    if (!(error instanceof CancelledError) || !error.message.startsWith("the task was cancelled: not needed")) throw error;
    seen.push(`${name} was cancelled`);
  }
}

function receive(name: string, timeout: number | undefined, lane: Lane, seen: string[]): void {
  const message = timeout === undefined ? channel<number>(name).receive() : channel<number>(name).receive({ timeout });
  if (message === undefined) seen.push(`nothing on ${name}`);
  else got(name, message, lane, seen);
}

function got(name: string, message: number, lane: Lane, seen: string[]): void {
  lane.mark(`got ${name} ${message}`);
  seen.push(`${name} ${message}`);
}

function limit(ms: number, body: readonly Op[], lane: Lane, seen: string[], shared: Shared): void {
  try {
    withTimeout(ms, () => block(body, lane, seen, shared));
    seen.push("in time");
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    lane.mark("timeout");
    seen.push("timed out");
  }
}

function attempt(body: readonly Op[], cleanup: readonly Op[], lane: Lane, seen: string[], shared: Shared): void {
  lane.mark("enter");
  try {
    block(body, lane, seen, shared);
  } catch (error) {
    if (!(error instanceof Thrown) && !(error instanceof StepError)) throw error;
    seen.push(`caught ${error.name}`);
  } finally {
    lane.mark("leave");
    block(cleanup, lane, seen, shared);
  }
}
