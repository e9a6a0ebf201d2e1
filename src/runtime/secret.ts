/** Values that nobody should see by accident. */
import { inspect } from "node:util";
import { registerHandler } from "./codec/handlers.js";
import { registerValue } from "./registry.js";

const REDACTED = "[secret]";

/** A value that shows itself as `[secret]` wherever it is printed; see `secret`. */
export class Secret<T> {
  #value: T;

  /** Use `secret`. */
  constructor(value: T) {
    this.#value = value;
  }

  /** The value itself. From here on it is up to you where it goes. */
  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }

  get [Symbol.toStringTag](): string {
    return "Secret";
  }

  static restore(shell: Secret<unknown>, value: unknown): void {
    shell.#value = value;
  }
}

registerValue("flowc:Secret.prototype", Secret.prototype);
registerValue("flowc:Secret.reveal", Secret.prototype.reveal);
registerHandler<Secret<unknown>>({
  name: "Secret",
  prototype: Secret.prototype,
  fields: ["reveal()"],
  save(secret, out) {
    if (out?.secrets === false)
      out.refuseNode(
        secret,
        "it is a secret, and the store has no cipher",
        "Open the store with one, open({ store, cipher: aes256gcm(…) }), or let it go out of scope before the suspension.",
      );
    return [secret.reveal()];
  },
  create: () => new Secret<unknown>(undefined),
  restore: (shell, [value]) => Secret.restore(shell, value),
});

/**
 * Wraps a value so that it is not shown by accident: `console.log`, `inspect`, templates, JSON, error messages made of it, `flowc inspect` and the journal all
 * show `[secret]`. It may be held across suspensions and given to steps, and is encrypted in the store like everything else there; in a store without a cipher
 * it is not saved: NotSaveableError where the run suspends. `reveal()` gives the value, best inside the step that needs it.
 */
export function secret<T>(value: T): Secret<T> {
  return new Secret(value);
}
