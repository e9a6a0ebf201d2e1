/**
 * The outside world: a service that knows each request by its idempotency key, answers a repeated one as the first time, and keeps a ledger. Its answer depends
 * only on what was asked.
 */
import type { StepContext } from "../../dist/runtime/effects/context.js";
import type { Faults } from "./faults.ts";
import type { Observer } from "./observer.ts";
import type { World } from "./world.ts";

const MINUTE = 60_000;

/** An effect that has happened. */
export interface Effect {
  readonly key: string;
  readonly label: string;
  readonly payload: string;
  /** How often it was asked for. */
  times: number;
}

export class Outside {
  readonly effects = new Map<string, Effect>();
  /** Bodies that began, by key and attempt. */
  readonly begun = new Map<string, number>();
  /** Somebody wants to answer a token, in so many milliseconds. */
  onAnswer: ((token: string, value: number, delayMs: number) => void) | undefined;
  #answers = 0;
  readonly #labels = new Map<string, string>();
  readonly #repairs = new Map<string, number>();
  readonly #world: World;
  readonly #faults: Faults;
  readonly #observer: Observer;

  constructor(world: World, faults: Faults, observer: Observer) {
    this.#world = world;
    this.#faults = faults;
    this.#observer = observer;
    globalThis.simAct = (context, label, payload, shared) => this.#act(context, label, payload, shared);
    globalThis.simActNow = (context, label, payload, shared) => this.#actNow(context, label, payload, shared);
    globalThis.simBeat = (context, label, payload) => this.#beat(context, label, payload);
    globalThis.simFetch = (context, key, label) => this.#fetch(context, key, label);
    globalThis.simIsBroken = (label, times) => this.#isUnrepaired(label, times);
  }

  #act(context: StepContext, label: string, payload: string, shared: readonly string[]): Promise<string> {
    const process = this.#world.current;
    if (process === undefined || process.isDead) return new Promise(() => undefined);
    this.#begins(context, label, payload, shared);
    if (this.#faults.chance("diesAtStep")) {
      process.kill("when a body begins");
      return new Promise(() => undefined);
    }
    const { idempotencyKey: key } = context;
    const hangs = this.#faults.chance("stepHangs");
    const fails = this.#faults.chance("stepFails");
    const lost = this.#faults.chance("stepLost");
    const dies = this.#faults.chance("diesAtStep");
    const there = this.#faults.chance("stepSlow") ? this.#world.random.below(200_000) : 5 + this.#world.random.below(300);
    return new Promise((resolve, reject) => {
      if (fails) return void this.#world.after(there, process, `${key} fails`, () => reject(new Error("not reachable")));
      this.#world.after(there, undefined, `${key} takes effect: ${label}`, () => {
        const answer = this.#request(key, label, payload);
        if (dies) return process.kill(`after the effect of ${key}`);
        if (hangs) return;
        const back = this.#world.random.below(300);
        if (lost) return void this.#world.after(back, process, `${key} is lost`, () => reject(new Error("connection lost")));
        this.#world.after(back, process, `${key} answers`, () => settle(answer, resolve, reject));
      });
    });
  }

  #actNow(context: StepContext, label: string, payload: string, shared: readonly string[]): string {
    const process = this.#world.current;
    if (process === undefined || process.isDead) throw new Error("the process is dead");
    this.#begins(context, label, payload, shared);
    if (this.#faults.chance("stepFails")) throw new Error("not reachable");
    const answer = this.#request(context.idempotencyKey, label, payload);
    if (this.#faults.chance("stepLost")) throw new Error("connection lost");
    if (this.#faults.chance("diesAtStep")) process.kill("after an effect that takes no time");
    if (answer instanceof Error) throw answer;
    return answer;
  }

  /** Takes minutes, and says every minute how many have gone by. */
  #beat(context: StepContext, label: string, payload: string): Promise<string> {
    const process = this.#world.current;
    if (process === undefined || process.isDead) return new Promise(() => undefined);
    this.#begins(context, label, payload);
    const from = (context.details ?? 0) as number;
    this.#observer.goesOnFrom(process, context.idempotencyKey, context.attempt, from);
    const fails = this.#faults.chance("stepFails") || this.#faults.chance("stepLost");
    const hangs = this.#faults.chance("stepHangs");
    const dies = this.#faults.chance("diesAtStep");
    const end = fails ? from + 1 + this.#world.random.below(3) : Math.max(from, 4);
    return new Promise((resolve, reject) => {
      const goOn = (done: number): void => {
        if (done > from) context.heartbeat(done);
        if (hangs && done === end - 1) return;
        if (done < end) return void this.#world.after(MINUTE, process, `${context.idempotencyKey} goes on`, () => goOn(done + 1));
        if (dies) return process.kill("when a body has said how far it has got");
        if (fails) return reject(new Error("not reachable"));
        settle(this.#request(context.idempotencyKey, label, payload), resolve, reject);
      };
      goOn(from);
    });
  }

  #fetch(context: StepContext, key: string, label: string): Promise<string> {
    const process = this.#world.current;
    if (process === undefined || process.isDead) return new Promise(() => undefined);
    this.#begins(context, key, label);
    const fails = this.#faults.chance("stepFails");
    const value = `${key}=${this.#observer.produced.size}`;
    this.#observer.produced.add(value);
    return new Promise((resolve, reject) => {
      this.#world.after(this.#world.random.below(5_000), process, `${context.idempotencyKey} answers ${value}`, () => {
        if (fails) reject(new Error("not reachable"));
        else resolve(value);
      });
    });
  }

  #begins(context: StepContext, ...args: readonly [label: string, ...rest: unknown[]]): void {
    const { idempotencyKey, attempt } = context;
    this.#world.log(`${idempotencyKey} begins, attempt ${attempt}: ${args[0]}`);
    const name = `${idempotencyKey}, attempt ${attempt}`;
    this.begun.set(name, (this.begun.get(name) ?? 0) + 1);
    this.#observer.bodyBegins(this.#world.current!, idempotencyKey, attempt, args);
  }

  /** True the first so many times. */
  #isUnrepaired(label: string, times: number): boolean {
    const asked = this.#repairs.get(label) ?? 0;
    this.#repairs.set(label, asked + 1);
    return asked < times;
  }

  /** Somebody answers in so many milliseconds, each time something else. */
  #asked(token: string, delays: string): void {
    if (delays === "") return;
    for (const delay of delays.split(",")) this.onAnswer?.(token, ++this.#answers, Number(delay));
  }

  /** The service does what it is asked to, once for each key. A payload that begins with `fatal` it refuses as often as that says. */
  #request(key: string, label: string, payload: string): string | Error {
    const broken = /^fatal (\d+)/.exec(payload);
    if (broken !== null && this.#isUnrepaired(label, Number(broken[1]))) return new Error(`fatal: ${label}`);
    const effect = this.effects.get(key);
    if (effect === undefined) {
      this.effects.set(key, { key, label, payload, times: 1 });
      const question = /^ask (\S+) ([\d,]*)$/.exec(payload);
      if (question !== null) this.#asked(question[1]!, question[2]!);
      const other = this.#labels.get(label);
      if (other !== undefined) this.#world.violate(`effect ${label} happened under two keys: ${other} and ${key}`);
      this.#labels.set(label, key);
    } else {
      effect.times++;
      if (effect.label !== label || effect.payload !== payload)
        this.#world.violate(`I3: key ${key} came with ${label}, ${payload}, and before with ${effect.label}, ${effect.payload}`);
    }
    return `${label} = ${payload.length}`;
  }
}

function settle(answer: string | Error, resolve: (answer: string) => void, reject: (error: Error) => void): void {
  if (answer instanceof Error) reject(answer);
  else resolve(answer);
}
