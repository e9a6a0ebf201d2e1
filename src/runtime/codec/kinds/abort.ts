/**
 * AbortController and AbortSignal: aborted or not, and why. A signal that somebody listens to, or that depends on a timer or on other signals, is part of what goes
 * on in this process, and is refused.
 */
import { setMaxListeners } from "node:events";
import { types } from "node:util";
import { Late } from "../late.js";
import { corrupt } from "../reader.js";
import type { Encoder } from "../encoder.js";
import { answers, registerExotic } from "./kind.js";

type Getter<T> = (this: object) => T;
const getter = (prototype: object, key: string): Getter<unknown> =>
  Object.getOwnPropertyDescriptor(prototype, key)!.get as Getter<unknown>;
const signalOf = getter(AbortController.prototype, "signal") as Getter<AbortSignal>;
const isAborted = getter(AbortSignal.prototype, "aborted") as Getter<boolean>;
const reasonOf = getter(AbortSignal.prototype, "reason");
const { abort } = AbortController.prototype;

/** What Node keeps on every signal, under symbols of its own. */
const fresh = new AbortController().signal;
const BORN: ReadonlySet<string | symbol> = new Set(Reflect.ownKeys(fresh));

/** What Node keeps under a symbol of that name. */
function internal(signal: object, name: string): unknown {
  for (const key of BORN)
    if (typeof key === "symbol" && key.description === name) return Object.getOwnPropertyDescriptor(signal, key)?.value;
  return undefined;
}

const LIMIT = "events.maxEventTargetListeners";

registerExotic<AbortSignal>({
  tag: 44,
  isLate: true,
  prototype: AbortSignal.prototype,
  is: (value) => answers(() => isAborted.call(value)),
  propertyKeys: (signal) => Reflect.ownKeys(signal).filter((key) => !BORN.has(key)),
  head(out, signal) {
    refuseLive(out, signal);
    out.byte(isAborted.call(signal) ? 1 : 0);
    out.value(internal(signal, LIMIT));
  },
  body: (out, signal) => out.value(reasonOf.call(signal)),
  make: (input) => input.late(new LateSignal(input.byte() !== 0, input.value())) as unknown as AbortSignal,
  fill(input, signal) {
    const late = signal as unknown as LateSignal;
    input.settle([late, input.value()], ([, reason]) => late.finish(reason));
  },
});

function refuseLive(out: Encoder, signal: AbortSignal): void {
  const events = internal(signal, "kEvents");
  // A Map of theirs, whose prototype is not Map.prototype.
  const roots = types.isMap(events) ? [...Map.prototype.values.call(events)] : [];
  const listens = roots.some((root: unknown) => (root as { size?: number }).size !== 0);
  const fix =
    "Make it inside the step that uses it; a run is cancelled with `cancel()`, and waits are bounded with `withTimeout`.";
  if (listens) out.refuse(signal, "it is an AbortSignal that somebody in this process listens to", fix);
  const linked = Reflect.ownKeys(signal).some(
    (key) => typeof key === "symbol" && !BORN.has(key) && /^k[A-Z]/.test(key.description ?? ""),
  );
  if (linked || internal(signal, "kComposite") === true)
    out.refuse(signal, "it is an AbortSignal that depends on a timer or on other signals of this process", fix);
  if (!Object.isExtensible(signal))
    out.refuse(signal, "it is an AbortSignal that was locked with Object.freeze", "Do not freeze it.");
}

class LateSignal extends Late {
  controller: AbortController | undefined = undefined;
  constructor(
    readonly aborted: boolean,
    readonly limit: unknown,
  ) {
    super();
  }
  override needs(): readonly unknown[] {
    return [];
  }
  override make(): AbortSignal {
    this.controller ??= new AbortController();
    return signalOf.call(this.controller);
  }
  finish(reason: unknown): void {
    const signal = this.made as AbortSignal;
    if (typeof this.limit === "number" && this.limit !== internal(fresh, LIMIT)) setMaxListeners(this.limit, signal);
    if (this.aborted) abort.call(this.controller!, reason);
  }
}

registerExotic<AbortController>({
  tag: 45,
  prototype: AbortController.prototype,
  is: (value) => answers(() => signalOf.call(value)),
  head() {},
  body: (out, controller) => out.value(signalOf.call(controller)),
  make: () => new AbortController(),
  fill(input, controller) {
    const late = input.value();
    if (!Late.is(late) || !(late instanceof LateSignal) || late.controller !== undefined)
      throw corrupt("a controller lacks its signal");
    late.controller = controller;
    late.made = signalOf.call(controller);
  },
});
