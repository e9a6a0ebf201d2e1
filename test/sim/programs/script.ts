/** A workflow that is an interpreter: what it does is its argument, so that every seed is another program. */
import { CancelledError, channel, note, sleep, spawn, StepError, withTimeout, TimeoutError } from "flowc";
import { ask, resultOf, startChild } from "./family.ts";
import { group, mapped } from "./groups.ts";
import type { Op } from "./ops.ts";
import { act, actNow, beat, fetch, fetchQueued, Lane, queued } from "./outside.ts";
import { Broken, Thrown, type Result, type Shared } from "./shared.ts";

export function script(run: string, ops: readonly Op[]): Result {
  const shared: Shared = { tasks: new Map(), children: new Map(), started: 0, ballast: [], total: 0 };
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
      heard(act(lane.label(), op.payload, op.shares ? shared.ballast : []), seen, shared);
      return;
    case "act now":
      heard(actNow(lane.label(), op.payload, op.shares ? shared.ballast : []), seen, shared);
      return;
    case "beat":
      heard(beat(lane.label(), op.payload), seen, shared);
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
    default:
      beyond(op, lane, seen, shared);
  }
}

/** What concerns more than the strand: other strands, runs, workers, the outside world. */
function beyond(op: Extract<Op, { readonly op: Beyond }>, lane: Lane, seen: string[], shared: Shared): void {
  switch (op.op) {
    case "compute":
      compute(op.rounds, op.ms);
      return;
    case "note":
      lane.mark(`noted ${op.key} ${lane.n}`);
      note(op.key, lane.n - 1);
      return;
    case "group":
      group(op.combinator, op.bodies, lane, seen, shared, block);
      return;
    case "map":
      mapped(op.items, op.concurrency, op.member, lane, seen, shared, block);
      return;
    case "callback":
      ask(op.answers, op.timeout, lane, seen);
      return;
    case "queued":
      heard(queued[op.queue](lane.label(), op.key), seen, shared);
      return;
    case "fetch":
      fetched(op.key, op.isQueued, lane, seen);
      return;
    case "start":
      startChild(op, lane, shared);
      return;
    case "result":
      resultOf(op.name, op.isTimed, lane, seen, shared);
      return;
    case "stop": {
      const child = shared.children.get(op.name);
      child?.cancel(child.id);
      return;
    }
    case "tell":
      shared.children.get(op.name)?.send(channel<number>(op.channel), op.value);
      return;
  }
}

type Beyond = "compute" | "note" | "group" | "map" | "callback" | "queued" | "fetch" | "start" | "result" | "stop" | "tell";

/** So often a loop looks whether it has to give way. */
const LOOK = 1_024;

/** The strand goes on in here after the wait, so the loop is one that gives way. */
function compute(rounds: number, ms: number): void {
  sleep(0);
  for (let round = 0; round < rounds * LOOK; round++) simBusy.ms += ms / LOOK;
}

/** What is fetched may have been fetched by somebody else before. */
function fetched(key: string, isQueued: boolean, lane: Lane, seen: string[]): void {
  const value = isQueued ? fetchQueued(key, lane.label()) : fetch(key, lane.label());
  lane.mark(`fetched ${value}`);
  simExpect(value.startsWith(`${key}=`), `${key} was fetched, and ${value} came`);
  seen.push(key);
}

function heard(answer: string, seen: string[], shared: Shared): void {
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
