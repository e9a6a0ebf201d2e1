/** JSON.parse (ECMA-262 25.5.1, with the source text of primitives for the reviver). */
import { apply } from "../../apply.js";
import { dataDescriptor, is, isArray } from "../../intrinsics.js";
import { call, JSON_MEMBERS, parseWithSources, type Source, sourceOf } from "../../natives.js";
import { keys as keysOf } from "../object/entries.js";
import { isCallable, isObject, lengthOf, toStr } from "../operations/conversion.js";
import { defineOwn, deleteOwn } from "../operations/internal.js";
import { get } from "../operations/property.js";

/** What the engine read, and where. */
interface Reading {
  readonly reviver: Function;
  /** For each object that was read, what its members were read from. */
  readonly sources: Map<object, Record<string, Source>>;
}

/** JSON.parse. */
export function parse(text: unknown, reviver?: unknown): unknown {
  const source = toStr(text);
  if (!isCallable(reviver)) return call(JSON_MEMBERS["parse"], undefined, [source]);
  const parsed = parseWithSources(source);
  return revived({ reviver, sources: parsed.sources }, parsed.root, "", parsed.root);
}

/** InternalizeJSONProperty. `read`: the object that was read where `holder` stands, if it still is that. */
function revived(reading: Reading, holder: object, name: string, read: object | undefined): unknown {
  const value = get(holder, name);
  const source = read === undefined ? undefined : sourceOf(reading.sources, read, name);
  const isUnchanged = source !== undefined && is(source.value, value);
  const context: Record<string, unknown> = {};
  if (isObject(value)) reviveMembers(reading, value, isUnchanged ? value : undefined);
  else if (isUnchanged && source.text !== undefined) context["source"] = source.text;
  return apply(reading.reviver, holder, [name, value, context]);
}

function reviveMembers(reading: Reading, value: object, read: object | undefined): void {
  if (isArray(value)) {
    const length = lengthOf(value);
    for (let k = 0; k < length; k++) reviveMember(reading, value, `${k}`, read);
    return;
  }
  const keys = keysOf(value);
  for (let k = 0; k < keys.length; k++) reviveMember(reading, value, keys[k] as string, read);
}

function reviveMember(reading: Reading, value: object, name: string, read: object | undefined): void {
  const member = revived(reading, value, name, read);
  // Where this fails, it fails without an error.
  if (member === undefined) deleteOwn(value, name);
  else defineOwn(value, name, dataDescriptor(member));
}
