/**
 * The outside world: a service that knows each request by its idempotency key, answers a repeated one as the first time, and keeps a ledger. Its answer depends
 * only on what was asked.
 */
import type { StepContext } from "../../dist/runtime/effects/context.js";
import type { Faults } from "./faults.ts";
import type { Observer } from "./observer.ts";
import type { World } from "./world.ts";

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

  #begins(context: StepContext, label: string, payload: string, shared: readonly string[]): void {
    const { idempotencyKey, attempt } = context;
    this.#world.log(`${idempotencyKey} begins, attempt ${attempt}: ${label}`);
    const name = `${idempotencyKey}, attempt ${attempt}`;
    this.begun.set(name, (this.begun.get(name) ?? 0) + 1);
    this.#observer.bodyBegins(this.#world.current!, idempotencyKey, attempt, [label, payload, shared]);
  }

  /** True the first so many times. */
  #isUnrepaired(label: string, times: number): boolean {
    const asked = this.#repairs.get(label) ?? 0;
    this.#repairs.set(label, asked + 1);
    return asked < times;
  }

  /** The service does what it is asked to, once for each key. A payload that begins with `fatal` it refuses as often as that says. */
  #request(key: string, label: string, payload: string): string | Error {
    const broken = /^fatal (\d+)/.exec(payload);
    if (broken !== null && this.#isUnrepaired(label, Number(broken[1]))) return new Error(`fatal: ${label}`);
    const effect = this.effects.get(key);
    if (effect === undefined) {
      this.effects.set(key, { key, label, payload, times: 1 });
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
