/** Which constructors have a suspendable version. Such a version takes the arguments as a list, and `new.target`. */
import { constructProxy } from "../proxies.js";
import { constructMap, constructSet, constructWeakMap, constructWeakSet } from "./collections/construct.js";

/** `new fn(...args)` with that `new.target`. May suspend. */
export type Construct = (args: readonly unknown[], newTarget: unknown) => object;

const MapNative = Map;
const natives = [Map, Set, WeakMap, WeakSet, Proxy] as const;

let table: Map<unknown, Construct> | undefined;

/** The suspendable version of a constructor, `undefined` when it has none. */
export function constructorVersion(fn: unknown): Construct | undefined {
  table ??= build();
  return table.get(fn);
}

function build(): Map<unknown, Construct> {
  const [NativeMap, NativeSet, NativeWeakMap, NativeWeakSet, NativeProxy] = natives;
  const entries = new MapNative<unknown, Construct>();
  entries.set(NativeMap, constructMap);
  entries.set(NativeSet, constructSet);
  entries.set(NativeWeakMap, constructWeakMap);
  entries.set(NativeWeakSet, constructWeakSet);
  entries.set(NativeProxy, (args) => constructProxy(args[0] as object, args[1] as object));
  return entries;
}
