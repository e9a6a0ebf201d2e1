/** Objects with private members, in the order in which Encoder writes them. */
import { types } from "node:util";
import { attachPrivates, type PrivateStore } from "../../private-store.js";
import type { Decoder } from "../decoder.js";
import { Tag } from "../format.js";
import { Late } from "../late.js";
import { corrupt } from "../reader.js";
import { installNatives, readNatives, setNatives } from "./natives.js";

/** An object with private members that are written out: its head, then their store. */
export function readWithPrivates(input: Decoder): unknown {
  if (input.peek() === Tag.PRIVATES) throw corrupt("private members follow private members");
  const object = input.value();
  const store = input.value();
  input.settle([object, store], ([owner, members]) => {
    if (typeof owner !== "object" && typeof owner !== "function") throw corrupt("private members have no owner");
    if (!types.isMap(members)) throw corrupt("private members are malformed");
    attachPrivates(owner as object, members as PrivateStore);
  });
  return object;
}

/** An object with private members of the engine: what they take, its head, their values. */
export function readWithNatives(input: Decoder): unknown {
  const natives = readNatives(input);
  const tag = input.peek();
  if (tag !== Tag.INSTANCE && tag !== Tag.EXOTIC) throw corrupt("private members have no owner");
  input.offer(natives.shell);
  const object = input.value() as object;
  if (input.shell() !== undefined || Late.is(object)) throw corrupt("private members have the wrong owner");
  installNatives(natives, object);
  const values = input.value();
  input.atEnd(() => setNatives(natives, object, Array.isArray(values) ? values : []));
  return object;
}
