/**
 * A small workflow module, compiled by flowc: makes the values that only compiled code makes, and leaves each in `globalThis.kept` inside a run. Every
 * function suspends afterwards, since one that cannot is emitted as it is written.
 */
import { sleep } from "flowc";
import * as namespace from "./constants.ts";

declare global {
  var kept: unknown;
}

const MODULE = Symbol("module");
const SETTINGS = { currency: "EUR" };
const helper = (n: number): number => n + 1;
const self = namespace;

export class Point {
  static origin = new Point(0, 0);
  constructor(
    public x: number,
    public y: number,
  ) {}
  get sum(): number {
    return this.x + this.y;
  }
  move(): number {
    return ++this.x;
  }
}
export class Point3 extends Point {
  z = 3;
}
export class Bag extends Map<unknown, unknown> {
  label = "bag";
}
export class Stack extends Array<unknown> {
  top(): unknown {
    return this.at(-1);
  }
}
export class ShopError extends Error {
  constructor(
    message: string,
    readonly order: unknown,
  ) {
    super(message);
    this.name = "ShopError";
  }
}
/** Written out, since it suspends: its private members are data of the runtime. */
export class Account {
  #balance = 0;
  #history: unknown[] = [];
  constructor(start: number) {
    this.#balance = start;
    if (start > 1e9) sleep(1);
  }
  deposit(amount: number): number {
    this.#history.push(amount);
    this.#balance += amount;
    if (this.#balance > 1e9) sleep(1);
    return this.#balance;
  }
  link(to: unknown): void {
    this.#history.push(to);
    if (this.#history.length > 1e9) sleep(1);
  }
  get #secret(): number {
    return this.#balance * 2;
  }
  peek(): number {
    return this.#secret;
  }
}

/** Emitted as they are written, since they cannot suspend: the engine keeps their private members. */
export class Vault {
  label = "vault";
  #content: unknown;
  readonly #log: string[] = [];
  constructor(content: unknown) {
    this.#content = content;
  }
  #note(text: string): number {
    return this.#log.push(text);
  }
  get #size(): number {
    return this.#log.length;
  }
  put(content: unknown): unknown[] {
    const before = this.#content;
    this.#content = content;
    return [typeof before, this.#note("put"), this.#size];
  }
  static isVault(value: object): boolean {
    return #content in value;
  }
}
export class DeepVault extends Vault {
  #depth = [1];
  dig(): number[] {
    this.#depth.push(this.#depth.length + 1);
    return this.#depth;
  }
}
export class Registry extends Map<string, unknown> {
  #reads = 0;
  override get(key: string): unknown {
    this.#reads++;
    return super.get(key);
  }
  get reads(): number {
    return this.#reads;
  }
}
export class Automatic {
  accessor value = 1;
}
export class Patterned {
  #n: number;
  constructor({ n }: { n: number }) {
    this.#n = n;
  }
  get n(): number {
    return this.#n;
  }
}

function* counter(from: number): Generator<number, string, number | undefined> {
  let n = from;
  try {
    while (n < 1e6) n += (yield n) ?? 1;
    sleep(1);
  } finally {
    globalThis.kept = "closed";
  }
  return "end";
}

const keep = (value: unknown): void => {
  globalThis.kept = value;
};

export const makers: Record<string, () => void> = {
  arrow: () => {
    let n = 0;
    keep([() => ++n]);
    sleep(1);
  },
  shared: () => {
    let n = 0;
    keep({ up: () => ++n, read: () => n, link: (to: unknown) => void (n = to as number) });
    sleep(1);
  },
  receiver: () => {
    const counting = {
      n: 0,
      reader(): () => number {
        return () => ++this.n;
      },
    };
    keep({ counting, read: counting.reader() });
    sleep(1);
  },
  named: () => {
    function Type(this: { tag: number }, tag: number): void {
      this.tag = tag;
    }
    Type.prototype.shared = [1];
    keep({ Type, instance: new (Type as unknown as new (n: number) => object)(5) });
    sleep(1);
  },
  properties: () => {
    const fn = Object.assign((n: number) => n * 2, { label: "double", nested: { a: 1 } });
    keep(fn);
    sleep(1);
  },
  frozenFunction: () => {
    keep(
      Object.freeze(function frozen() {
        return 1;
      }),
    );
    sleep(1);
  },
  accessorOnFunction: () => {
    const state = { n: 1 };
    keep([Object.defineProperty(() => 1, "prototype", { get: () => state.n++, configurable: true }), state]);
    sleep(1);
  },
  reordered: () => {
    const fn: { (): number; extra?: number } = () => 1;
    Reflect.deleteProperty(fn, "name");
    fn.extra = 1;
    Object.defineProperty(fn, "name", { value: "late", configurable: true });
    keep([fn]);
    sleep(1);
  },
  accessors: () => {
    let hidden = 1;
    keep({
      get value() {
        return hidden;
      },
      set value(n: number) {
        hidden = n * 10;
      },
    });
    sleep(1);
  },
  asyncFunction: () => {
    const n = { n: 1 };
    keep([async () => n.n++, n]);
    sleep(1);
  },
  generatorFunction: () => {
    const from = { n: 5 };
    keep([
      function* numbers() {
        yield from.n++;
        yield from.n;
      },
      from,
    ]);
    sleep(1);
  },
  bound: () => {
    const target = { n: 40 };
    function add(this: { n: number }, a: number, b: number): number {
      return this.n + a + b;
    }
    keep({ bound: add.bind(target, 1), target });
    sleep(1);
  },
  boundTwice: () => {
    const bound = ((a: number, b: number) => a - b).bind(null, 10);
    keep([Object.assign(bound.bind(null, 3), { label: "twice" }), bound]);
    sleep(1);
  },
  boundClass: () => {
    keep([Point.bind(null, 7)]);
    sleep(1);
  },
  proxy: () => {
    const target: Record<string, unknown> = { a: 1 };
    const log: string[] = [];
    const proxy = new Proxy(target, { get: (from, key) => (log.push(String(key)), Reflect.get(from, key)), has: () => true });
    keep({ proxy, target, log });
    sleep(1);
  },
  proxyOfFunction: () => {
    keep({ call: new Proxy((n: number) => n + 1, { apply: (fn, me, args) => Reflect.apply(fn, me, args) * 2 }) });
    sleep(1);
  },
  instance: () => {
    keep(new Point(1, 2));
    sleep(1);
  },
  subclass: () => {
    keep(new Point3(1, 2));
    sleep(1);
  },
  frozenInstance: () => {
    keep(Object.freeze(new Point(1, 2)));
    sleep(1);
  },
  subclassedMap: () => {
    keep(new Bag([["k", 1]]));
    sleep(1);
  },
  subclassedArray: () => {
    keep(Stack.of(1, 2));
    sleep(1);
  },
  ownError: () => {
    keep(new ShopError("sold out", { id: 7 }));
    sleep(1);
  },
  account: () => {
    const account = new Account(1);
    account.deposit(5);
    keep(account);
    sleep(1);
  },
  vault: () => {
    keep(new Vault({ a: 1 }));
    sleep(1);
  },
  deepVault: () => {
    keep(new DeepVault("deep"));
    sleep(1);
  },
  frozenVault: () => {
    keep(Object.freeze(new DeepVault("frozen")));
    sleep(1);
  },
  registry: () => {
    const registry = new Registry([["k", 1]]);
    registry.get("k");
    keep(registry);
    sleep(1);
  },
  automatic: () => {
    keep(new Automatic());
    sleep(1);
  },
  patterned: () => {
    keep(new Patterned({ n: 1 }));
    sleep(1);
  },
  localVault: () => {
    class Local {
      #n = 1;
      get n(): number {
        return this.#n;
      }
    }
    keep(new Local());
    sleep(1);
  },
  localClass: () => {
    const rate = { n: 2 };
    class Local {
      static made = 0;
      #factor = rate.n;
      times(n: number): number {
        Local.made++;
        if (n > 1e6) sleep(1);
        return this.#factor * n;
      }
    }
    keep({ Local, instance: new Local(), rate });
    sleep(1);
  },
  methodOfLocalClass: () => {
    class Local {
      n = 1;
      m(): number {
        if (this.n > 1e6) sleep(1);
        return ++this.n;
      }
    }
    const instance = new Local();
    keep({ m: instance.m, instance });
    sleep(1);
  },
  freshGenerator: () => {
    keep({ it: counter(1) });
    sleep(1);
  },
  generator: () => {
    const it = counter(1);
    it.next();
    keep({ it });
    sleep(1);
  },
  endedGenerator: () => {
    const it = counter(1);
    it.next();
    it.return("early");
    keep({ it });
    sleep(1);
  },
  generatorWithProperties: () => {
    const it = Object.assign(counter(1), { label: "mine" });
    it.next();
    keep({ it });
    sleep(1);
  },
  arrayIterator: () => {
    const list = [1, 2, 3];
    const it = list.entries();
    it.next();
    keep({ it, list });
    sleep(1);
  },
  endedIterator: () => {
    const list = [1];
    const it = list.values();
    it.next();
    it.next();
    keep({ it, list });
    sleep(1);
  },
  typedArrayIterator: () => {
    const list = new Uint8Array([1, 2, 3]);
    const it = list.values();
    it.next();
    keep({ it, list });
    sleep(1);
  },
  mapIterator: () => {
    const map = new Map<unknown, unknown>([
      ["a", 1],
      ["b", 2],
      ["c", 3],
    ]);
    const it = map.entries();
    it.next();
    map.delete("a");
    keep({ it, map });
    sleep(1);
  },
  setIterator: () => {
    const set = new Set<unknown>([1, 2, 3]);
    const it = set.values();
    it.next();
    keep({ it, set });
    sleep(1);
  },
  stringIterator: () => {
    const it = "a😀b"[Symbol.iterator]();
    it.next();
    keep({ it });
    sleep(1);
  },
  matchAll: () => {
    const it = "a1b22c".matchAll(/[a-z](\d*)/g);
    it.next();
    keep({ it });
    sleep(1);
  },
  iteratorHelper: () => {
    const seen: number[] = [];
    const it = [1, 2, 3, 4, 5]
      .values()
      .filter((n) => n !== 2)
      .map((n) => (seen.push(n), n * 10))
      .drop(1)
      .take(2);
    it.next();
    keep({ it, seen });
    sleep(1);
  },
  flatMap: () => {
    const it = [[1, 2], [3]].values().flatMap((each) => each);
    it.next();
    keep({ it });
    sleep(1);
  },
  iteratorFrom: () => {
    let n = 0;
    const it = Iterator.from({ next: () => ({ done: n > 3, value: n++ }) });
    it.next();
    keep({ it });
    sleep(1);
  },
  ownSymbol: () => {
    const key = Symbol("mine");
    keep({ key, again: key, holder: { [key]: 1 }, other: Symbol("mine") });
    sleep(1);
  },
  symbolObject: () => {
    const key = Symbol();
    keep({ key, object: Object(key) as object });
    sleep(1);
  },
  weakKeys: () => {
    const key = Symbol("weak");
    const fn = (): number => 1;
    keep({
      map: new WeakMap<WeakKey, unknown>([
        [key, "symbol"],
        [fn, "closure"],
        [Point, "class"],
        [Point.prototype.move, "method"],
      ]),
      key,
      fn,
    });
    sleep(1);
  },
  moduleSymbol: () => {
    keep(MODULE);
    sleep(1);
  },
  moduleConstant: () => {
    keep(SETTINGS);
    sleep(1);
  },
  moduleFunction: () => {
    keep(helper);
    sleep(1);
  },
  moduleGenerator: () => {
    keep(counter);
    sleep(1);
  },
  moduleClass: () => {
    keep(Point);
    sleep(1);
  },
  method: () => {
    keep(Point.prototype.move);
    sleep(1);
  },
  namespace: () => {
    keep(self);
    sleep(1);
  },
  templateStrings: () => {
    const strings = ((parts: TemplateStringsArray, ..._values: unknown[]) => parts)`a${1}\n${2}`;
    keep(strings);
    sleep(1);
  },
};
