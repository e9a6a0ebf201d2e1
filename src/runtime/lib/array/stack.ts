/** push, pop, shift, unshift (ECMA-262 23.1.3). */
import { get, has, remove, set } from "./elements.js";
import { checkLength, lengthOf, receiver } from "./common.js";

/** Array.prototype.push. */
export function push(this: unknown, ...items: unknown[]): number {
  const self = receiver(this, "push");
  let length = lengthOf(self);
  checkLength(length + items.length, "push");
  for (let k = 0; k < items.length; k++) set(self, length++, items[k]);
  set(self, "length", length);
  return length;
}

/** Array.prototype.pop. */
export function pop(this: unknown): unknown {
  const self = receiver(this, "pop");
  const length = lengthOf(self);
  if (length === 0) {
    set(self, "length", 0);
    return undefined;
  }
  const value = get(self, length - 1);
  remove(self, length - 1);
  set(self, "length", length - 1);
  return value;
}

/** Array.prototype.shift. */
export function shift(this: unknown): unknown {
  const self = receiver(this, "shift");
  const length = lengthOf(self);
  if (length === 0) {
    set(self, "length", 0);
    return undefined;
  }
  const first = get(self, 0);
  for (let k = 1; k < length; k++) move(self, k, k - 1);
  remove(self, length - 1);
  set(self, "length", length - 1);
  return first;
}

/** Array.prototype.unshift. */
export function unshift(this: unknown, ...items: unknown[]): number {
  const self = receiver(this, "unshift");
  const length = lengthOf(self);
  const count = items.length;
  if (count > 0) {
    checkLength(length + count, "unshift");
    for (let k = length - 1; k >= 0; k--) move(self, k, k + count);
    for (let k = 0; k < count; k++) set(self, k, items[k]);
  }
  set(self, "length", length + count);
  return length + count;
}

/** Sets `to` to the element at `from`, or removes it when there is none. May suspend. */
export function move(self: object, from: number, to: number): void {
  if (has(from, self)) set(self, to, get(self, from));
  else remove(self, to);
}
