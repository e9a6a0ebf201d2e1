/** Members of written-out classes, private or of `super`, in code that keeps the form of its source, which cannot be suspended. */
import { apply } from "./apply.js";
import type { PrivateName } from "./classes.js";
import { privateGet, privateSet } from "./lib/private.js";
import { getSuper, setSuper } from "./lib/operations/property.js";
import { $must } from "./suspend.js";

class Member {
  readonly #object: unknown;
  readonly #name: PrivateName;

  constructor(object: unknown, name: PrivateName) {
    this.#object = object;
    this.#name = name;
  }

  get value(): unknown {
    return $must(privateGet(this.#object, this.#name), this.#name.name);
  }

  set value(value: unknown) {
    $must(privateSet(this.#object, this.#name, value), this.#name.name);
  }

  call(...args: unknown[]): unknown {
    return $must(apply(this.value, this.#object, args), this.#name.name);
  }
}

/**
 * `object.#name` where the access cannot be suspended: `value` reads and writes it, `call` calls it as a method. They throw TypeError as the language does, and
 * ForeignFrameError when what they enter suspends.
 */
export function privately(object: unknown, name: PrivateName): { value: unknown; call: (...args: unknown[]) => unknown } {
  return new Member(object, name);
}

class Superior {
  readonly #home: object;
  readonly #key: unknown;
  readonly #self: unknown;

  constructor(home: object, key: unknown, self: unknown) {
    this.#home = home;
    this.#key = key;
    this.#self = self;
  }

  get value(): unknown {
    return $must(getSuper(this.#home, this.#key, this.#self), "super");
  }

  set value(value: unknown) {
    $must(setSuper(this.#home, this.#key, value, this.#self), "super");
  }

  call(...args: unknown[]): unknown {
    return $must(apply(this.value, this.#self, args), "super");
  }
}

/** `super[key]` of the object `home` is the prototype of, with the receiver `self`, like `privately`. */
export function superior(home: object, key: unknown, self: unknown): { value: unknown; call: (...args: unknown[]) => unknown } {
  return new Superior(home, key, self);
}
