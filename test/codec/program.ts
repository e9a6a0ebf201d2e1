/** A compiled module as the compiler would emit it, for the codec's tests. */
import type { Code } from "../../src/shared/abi.js";
import { Frame } from "../../src/runtime/frame.js";
import { $module, $tag } from "../../src/runtime/registry.js";

const m = $module(1, "src/checkout.ts");

export class Point {
  constructor(
    public x: number,
    public y: number,
  ) {
    constructed.count++;
  }
  get sum(): number {
    return this.x + this.y;
  }
  set locked(_value: unknown) {
    throw new Error("a setter of the program ran");
  }
  move(): void {
    this.x++;
  }
}
/** How often a constructor of the program ran. */
export const constructed = { count: 0 };
export class Point3 extends Point {
  z = 3;
}
export class Bag extends Map<unknown, unknown> {
  label = "bag";
}
export class Stack extends Array<unknown> {}
export class ShopError extends Error {
  constructor(
    message: string,
    readonly order: unknown,
  ) {
    super(message);
    this.name = "ShopError";
  }
}
export class Vault {
  #secret = 1;
  open(): number {
    return this.#secret;
  }
}
export class InnerVault extends Vault {}
/** As the compiler emits a class with private members that cannot suspend. */
export class Safe {
  label = "safe";
  #content: unknown;
  #turns = 0;
  constructor(content?: unknown) {
    if (m.restoring) return;
    constructed.count++;
    this.#content = content;
  }
  get content(): unknown {
    return this.#content;
  }
  put(content: unknown): number {
    this.#content = content;
    return ++this.#turns;
  }
  static {
    m.privates(
      this,
      false,
      ["#content", "#turns"],
      (o) => #content in o,
      (o) => [(o as Safe).#content, (o as Safe).#turns],
      (o, v) => {
        (o as Safe).#content = v[0];
        (o as Safe).#turns = v[1] as number;
      },
    );
  }
}
export class DeepSafe extends Safe {
  #depth = m.restoring ? undefined : [1];
  get depth(): unknown {
    return this.#depth;
  }
  static {
    m.privates(
      this,
      true,
      ["#depth"],
      (o) => #depth in o,
      (o) => [(o as DeepSafe).#depth],
      (o, v) => {
        (o as DeepSafe).#depth = v[0] as number[];
      },
    );
  }
}
m.cls("Safe", Safe, ["#content", "#turns"]);
m.cls("DeepSafe", DeepSafe, ["#depth"]);
for (const [name, type] of Object.entries({ Point, Point3, Bag, Stack, ShopError, InnerVault })) m.cls(name, type);
m.cls("Vault", Vault, ["secret"]);

export const settings = m.value("settings", { currency: "EUR" });
export function helper(): number {
  return 1;
}
m.bind(m.code("helper", { name: "helper", hash: "h0" }), helper);

export const checkout: Code = m.code("checkout", {
  name: "checkout",
  hash: "h1",
  resume: () => undefined,
  points: [
    [12, 3, 'sleep("3 days");'],
    [20, 3, "charge(order);"],
  ],
});

export const makeAdder = (n: unknown) => (x: number) => x + (n as { value: number }).value;
export const adder: Code = m.code("checkout.onDone", {
  name: "onDone",
  hash: "h2",
  captures: ["sock"],
  make: makeAdder,
});
export const selfish: Code = m.code("checkout.selfish", {
  name: "selfish",
  hash: "h3",
  captures: [],
  make(this: unknown) {
    return () => this;
  },
});
export const declared: Code = m.code("checkout.declared", {
  name: "declared",
  hash: "h4",
  captures: ["tag"],
  make: (tag: unknown) =>
    function declared(this: { tag: unknown }) {
      this.tag = tag;
    },
});

/** A closure as compiled code makes it. */
export function closure(code: Code, captured: readonly unknown[], self?: unknown): (...args: never[]) => unknown {
  return $tag(Reflect.apply(code.make!, self, captured) as (...args: never[]) => unknown, code, captured, self);
}

export function frame(slots: Record<string, unknown>, point = 0, self?: unknown): Frame {
  return new Frame(checkout, point, slots, self);
}
