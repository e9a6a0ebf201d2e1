/** Values of the compiled program, and what a program does with them. */
import { extend, type Group, type Kind, kind } from "./kind.ts";

type Act = (value: never) => unknown;
type It = { readonly it: Iterator<unknown, unknown, unknown> };
type Link = (value: never, to: unknown) => void;

const rest = ({ it }: It): unknown => {
  const values: unknown[] = [];
  for (let next = it.next(); next.done !== true; next = it.next()) values.push(next.value);
  return [values, it.next(), Object.prototype.toString.call(it), Reflect.ownKeys(it).map(String)];
};
const generator = ({ it }: It): unknown => [
  it.next(),
  it.next(10),
  Object.prototype.toString.call(it),
  it.return!("x"),
  it.next(),
];

/** Values of the program that are refused. */
export function refusedOfProgram(make: (name: string) => unknown): readonly (readonly [name: string, make: () => unknown])[] {
  return [
    ["instance of a class with an auto-accessor (`accessor value`)", () => make("automatic")],
    [
      "instance with `#private` members whose constructor takes a pattern, or a default that has to be evaluated",
      () => make("patterned"),
    ],
    ["instance of a class that is declared in a function and cannot suspend", () => make("localVault")],
  ];
}

/** `make` runs a maker of the program inside a run. */
export function compiledKinds(make: (name: string) => unknown): readonly Group[] {
  const row = (name: string, maker: string, act?: Act, link?: Link | "none"): Kind =>
    kind(name, () => make(maker) as never, act, link);
  return [
    {
      title: "Functions of a program",
      kinds: [
        row("closure", "arrow", ([fn]: [() => number]) => [fn(), fn(), fn.name, fn.length]),
        row(
          "closures that share a variable",
          "shared",
          ({ up, read }: Record<string, () => number>) => [up!(), up!(), read!()],
          ({ link }: { link(to: unknown): void }, to) => link(to),
        ),
        row(
          "arrow function and its `this`",
          "receiver",
          ({ counting, read }: { counting: { n: number }; read(): number }) => [read(), counting.n, read()],
          ({ counting }: { counting: object }, to) => void Object.assign(counting, { to }),
        ),
        row(
          "function used as a class, and an instance",
          "named",
          ({ Type, instance }: { Type: new (n: number) => object; instance: object }) => [
            instance instanceof Type,
            Object.getPrototypeOf(new Type(1)) === Type.prototype,
            extend(Type),
          ],
        ),
        row("function with properties", "properties", (fn: ((n: number) => number) & { label: string }) => [
          fn(4),
          fn.label,
          (fn.label = "x"),
          extend(fn),
        ]),
        row(
          "frozen function",
          "frozenFunction",
          (fn: () => number) => [fn(), Reflect.set(fn, "x", 1), Object.isFrozen(fn)],
          "none",
        ),
        row("arrow function with an accessor `prototype`", "accessorOnFunction", ([fn]: [{ prototype: number }]) => [
          fn.prototype,
          fn.prototype,
        ]),
        row("function whose keys were deleted and added again", "reordered", ([fn]: [() => number]) => [
          Reflect.ownKeys(fn),
          fn.name,
        ]),
        row("object with a getter and a setter", "accessors", (object: { value: number }) => [
          object.value,
          (object.value = 3),
          object.value,
        ]),
        row("async function", "asyncFunction", ([fn, n]: [() => Promise<number>, { n: number }]) => [
          fn() instanceof Promise,
          n.n,
        ]),
        row("generator function", "generatorFunction", ([fn]: [() => Iterator<number>]) => {
          const it = fn();
          return [it.next(), it.next(), it.next()];
        }),
        row(
          "bound function",
          "bound",
          ({ bound, target }: { bound: (b: number) => number; target: { n: number } }) => [
            bound(2),
            (target.n = 0),
            bound(2),
            bound.name,
            bound.length,
          ],
          ({ target }: { target: object }, to) => void Object.assign(target, { to }),
        ),
        row(
          "bound function, bound again",
          "boundTwice",
          ([twice, once]: [(() => number) & { label: string }, (b: number) => number]) => [
            twice(),
            once(1),
            twice.label,
            twice.name,
          ],
        ),
        row("bound class", "boundClass", ([make]: [new (y: number) => { sum: number }]) => [new make(1).sum, make.name]),
        row(
          "Proxy of an object",
          "proxy",
          ({ proxy, target, log }: { proxy: Record<string, unknown>; target: object; log: string[] }) => [
            proxy["a"],
            (proxy["b"] = 2),
            "zzz" in proxy,
            Object.keys(target),
            log,
          ],
          ({ target }: { target: object }, to) => void Object.assign(target, { to }),
        ),
        row("Proxy of a function", "proxyOfFunction", ({ call }: { call(n: number): number }) => call(4)),
      ],
    },
    {
      title: "Classes of a program",
      kinds: [
        row("instance", "instance", (point: { x: number; sum: number; move(): number }) => [
          point.move(),
          point.sum,
          extend(point),
        ]),
        row("instance of a subclass", "subclass", (point: { z: number; sum: number; move(): number }) => [
          point.move(),
          point.sum,
          (point.z = 9),
        ]),
        row("frozen instance", "frozenInstance", (point: { sum: number }) => [point.sum, Reflect.set(point, "x", 9)], "none"),
        row(
          "instance of a class that extends Map",
          "subclassedMap",
          (bag: Map<unknown, unknown> & { label: string }) => [bag.get("k"), bag.set("l", 2).size, bag.label],
          (bag: Map<unknown, unknown>, to) => void bag.set("to", to),
        ),
        row(
          "instance of a class that extends Array",
          "subclassedArray",
          (stack: unknown[] & { top(): unknown }) => [stack.push(3), stack.top(), stack.length],
          (stack: unknown[], to) => void stack.push(to),
        ),
        row("instance of a class that extends Error", "ownError", (error: Error & { order: object }) => [
          error.name,
          error.order,
          error.stack,
        ]),
        row(
          "instance with private members, of a class that suspends",
          "account",
          (account: { deposit(n: number): number; peek(): number }) => [account.deposit(2), account.peek()],
          (account: { link(to: unknown): void }, to) => account.link(to),
        ),
        row(
          "instance with `#private` members of the engine",
          "vault",
          (vault: { put(it: unknown): unknown; label: string }) => [
            vault.put(5),
            vault.put(6),
            (vault.label = "x"),
            extend(vault),
          ],
          (vault: { put(it: unknown): unknown }, to) => void vault.put(to),
        ),
        row(
          "the same, of a class that extends another such class",
          "deepVault",
          (vault: { put(it: unknown): unknown; dig(): number[] }) => [vault.put(5), vault.dig(), vault.dig().length],
          (vault: { put(it: unknown): unknown }, to) => void vault.put(to),
        ),
        row(
          "the same, frozen",
          "frozenVault",
          (vault: { put(it: unknown): unknown; dig(): number[] }) => [vault.put(5), vault.dig(), Reflect.set(vault, "x", 1)],
          (vault: { put(it: unknown): unknown }, to) => void vault.put(to),
        ),
        row(
          "the same, of a class that extends Map",
          "registry",
          (registry: Map<string, unknown> & { reads: number }) => [registry.get("k"), registry.reads, registry.set("l", 2).size],
          (registry: Map<string, unknown>, to) => void registry.set("to", to),
        ),
        row(
          "class declared in a function, and an instance",
          "localClass",
          ({
            Local,
            instance,
            rate,
          }: {
            Local: { new (): { times(n: number): number }; made: number };
            instance: { times(n: number): number };
            rate: { n: number };
          }) => [instance.times(3), (rate.n = 5), new Local().times(3), Local.made, instance instanceof Local],
        ),
        row("method of such a class", "methodOfLocalClass", ({ m, instance }: { m(): number; instance: object }) => [
          Reflect.apply(m, instance, []),
          m.name,
        ]),
      ],
    },
    {
      title: "Generators and iterators under way",
      kinds: [
        row("generator, not started", "freshGenerator", generator),
        row("generator at a `yield`", "generator", generator),
        row("generator that has ended", "endedGenerator", generator),
        row("generator with properties", "generatorWithProperties", (value: It & { it: { label: string } }) => [
          value.it.label,
          generator(value),
        ]),
        row(
          "iterator of an array",
          "arrayIterator",
          ({ it, list }: It & { list: unknown[] }) => [list.push(4), rest({ it })],
          ({ list }: { list: unknown[] }, to) => void list.push(to),
        ),
        row("iterator that has ended", "endedIterator", ({ it, list }: It & { list: unknown[] }) => [list.push(4), rest({ it })]),
        row("iterator of a typed array", "typedArrayIterator", rest),
        row(
          "iterator of a Map, entries deleted",
          "mapIterator",
          ({ it, map }: It & { map: Map<unknown, unknown> }) => [map.set("d", 4).delete("b"), rest({ it })],
          ({ map }: { map: Map<unknown, unknown> }, to) => void map.set("z", to),
        ),
        row(
          "iterator of a Set",
          "setIterator",
          ({ it, set }: It & { set: Set<unknown> }) => [set.add(4).delete(3), rest({ it })],
          ({ set }: { set: Set<unknown> }, to) => void set.add(to),
        ),
        row("iterator of a string", "stringIterator", rest),
        row("iterator of `matchAll`", "matchAll", rest),
        row("iterator helpers: `map`, `filter`, `take`, `drop`", "iteratorHelper", (value: It & { seen: number[] }) => [
          rest(value),
          value.seen,
        ]),
        row("iterator helper: `flatMap`", "flatMap", rest),
        row("result of `Iterator.from`", "iteratorFrom", rest),
      ],
    },
    {
      title: "Symbols of a program",
      kinds: [
        row(
          "symbol that a run made",
          "ownSymbol",
          ({ key, again, holder, other }: { key: symbol; again: symbol; holder: Record<symbol, number>; other: symbol }) => [
            key === again,
            key === other,
            holder[key],
            key.description,
          ],
        ),
        row(
          "Symbol object of such a symbol",
          "symbolObject",
          ({ key, object }: { key: symbol; object: { valueOf(): symbol } }) => object.valueOf() === key,
        ),
        row(
          "WeakMap with symbols, closures, classes, methods for keys",
          "weakKeys",
          ({ map, key, fn }: { map: WeakMap<WeakKey, unknown>; key: symbol; fn: () => number }) => [
            map.get(key),
            map.get(fn),
            map.delete(fn),
            map.has(fn),
          ],
          ({ map, key }: { map: WeakMap<WeakKey, unknown>; key: symbol }, to) => void map.set(key, to),
        ),
      ],
    },
    {
      title: "By reference, of compiled modules",
      kinds: [
        row("symbol in a constant", "moduleSymbol", undefined, "none"),
        row("object in a constant", "moduleConstant", undefined, "none"),
        row("function", "moduleFunction", undefined, "none"),
        row("generator function of a module", "moduleGenerator", undefined, "none"),
        row("class", "moduleClass", undefined, "none"),
        row("method", "method", undefined, "none"),
        row("namespace of `import * as`", "namespace", undefined, "none"),
        row("strings of a tagged template", "templateStrings", undefined, "none"),
      ],
    },
  ];
}
