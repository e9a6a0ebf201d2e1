import { types } from "node:util";
import { registerExotic } from "./kind.js";

registerExotic<Map<unknown, unknown>>({
  tag: 3,
  isRecognizable: true,
  prototype: Map.prototype,
  branded: true,
  is: types.isMap,
  head() {},
  body(out, map) {
    out.uint(mapSize.call(map));
    Map.prototype.forEach.call(map, (value, key) => {
      out.value(key);
      out.value(value);
    });
  },
  make: () => new Map(),
  fill(input, map) {
    input.settle(input.values(input.count() * 2), (entries) => {
      for (let i = 0; i < entries.length; i += 2) Map.prototype.set.call(map, entries[i], entries[i + 1]);
    });
  },
});

registerExotic<Set<unknown>>({
  tag: 4,
  isRecognizable: true,
  prototype: Set.prototype,
  branded: true,
  is: types.isSet,
  head() {},
  body(out, set) {
    out.uint(setSize.call(set));
    Set.prototype.forEach.call(set, (value) => out.value(value));
  },
  make: () => new Set(),
  fill(input, set) {
    input.settle(input.values(input.count()), (members) => {
      for (const member of members) Set.prototype.add.call(set, member);
    });
  },
});

/** Subclasses may override `size`; the codec calls nothing of theirs. */
const mapSize = Object.getOwnPropertyDescriptor(Map.prototype, "size")!.get as (this: object) => number;
const setSize = Object.getOwnPropertyDescriptor(Set.prototype, "size")!.get as (this: object) => number;
