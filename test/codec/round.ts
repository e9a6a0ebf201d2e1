import { decode, encode } from "../../src/runtime/codec/index.js";

/** What comes back of `value`; fails when saving that again gives other bytes. */
export function round<T>(value: T): T {
  const bytes = encode(value);
  const back = decode(bytes) as T;
  const again = encode(back);
  if (Buffer.compare(bytes, again) !== 0)
    throw new Error(`not canonical: ${Buffer.from(bytes).toString("latin1")} / ${Buffer.from(again).toString("latin1")}`);
  return back;
}
