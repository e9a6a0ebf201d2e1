/** Functions that stand for others, bound ones and proxies, as functions that call what they stand for suspendably. */
import { note, noted } from "./notes.js";
import { boundParts } from "./bound.js";
import { isProxy } from "./intrinsics.js";
import { callBound, callProxy } from "./lib/function.js";
import { proxyParts } from "./proxies.js";
import { primitive } from "./suspend.js";

type Call = (this: unknown, ...args: unknown[]) => unknown;

const known = new WeakMap<object, Call>();

/** What `$lib` answers for a bound function or a proxy of which is known what it stands for; `undefined` for any other function. */
export function standIn(fn: Function): Call | undefined {
  const made = noted(known, fn) ?? create(fn);
  if (made !== undefined) note(known, fn, made);
  return made;
}

/** What these call is all there is to do, so that a suspension passes them. */
function create(fn: Function): Call | undefined {
  const bound = boundParts(fn);
  if (bound !== undefined) return primitive((...args) => callBound(bound, args));
  const parts = isProxy(fn) ? proxyParts(fn) : undefined;
  if (parts === undefined) return undefined;
  return primitive(function (this: unknown, ...args) {
    return callProxy(parts, this, args);
  });
}
