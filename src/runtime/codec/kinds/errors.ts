import { types } from "node:util";
import * as ours from "../../../shared/errors.js";
import { registerValue } from "../../registry.js";
import { registerExotic } from "./kind.js";

// flowc's own errors are classes like any other, known in every process.
for (const [name, type] of Object.entries(ours)) {
  registerValue(`flowc:${name}`, type);
  registerValue(`flowc:${name}.prototype`, type.prototype);
}

const nameOf = Object.getOwnPropertyDescriptor(DOMException.prototype, "name")!.get as (this: object) => string;
const messageOf = Object.getOwnPropertyDescriptor(DOMException.prototype, "message")!.get as (this: object) => string;

registerExotic({
  tag: 5,
  prototype: DOMException.prototype,
  is(value) {
    try {
      nameOf.call(value);
      return true;
    } catch {
      return false;
    }
  },
  head(out, value) {
    out.string(nameOf.call(value));
    out.string(messageOf.call(value));
  },
  make(input) {
    const name = input.string();
    return bare(() => new DOMException(input.string(), name));
  },
});

/** Message, stack, cause, errors: all of it is properties. What is special is that V8 knows the object for an error. */
registerExotic<Error>(
  {
    tag: 6,
    prototype: Error.prototype,
    branded: true,
    is: types.isNativeError,
    head() {},
    make: () => bare(() => new Error()),
  },
  [AggregateError, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, ...suppressed()].map(
    (type) => type.prototype as object,
  ),
);

function suppressed(): readonly Function[] {
  return typeof SuppressedError === "function" ? [SuppressedError] : [];
}

/** A new error without own properties, made without walking the native stack. */
function bare<E extends Error>(make: () => E): E {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    const error = make();
    for (const key of Reflect.ownKeys(error)) Reflect.deleteProperty(error, key);
    return error;
  } finally {
    Error.stackTraceLimit = limit;
  }
}
