/** Images of older versions: rewritten step by step, each step named. */
import { expect, test } from "vitest";
import { decode, encode } from "../../src/runtime/codec/index.js";
import { type Migration, upToDate } from "../../src/runtime/codec/versions.js";
import { CorruptCheckpointError } from "../../src/shared/errors.js";

/** A made-up version 0, which ended in a zero. */
const older = (value: unknown): Uint8Array => Uint8Array.of(0, ...encode(value).subarray(1), 0);
const steps = new Map<number, Migration>([
  [0, { name: "no zero at the end", migrate: (image) => Uint8Array.of(1, ...image.subarray(1, -1)) }],
]);

test("an older image is rewritten and read", () => {
  expect(decode(upToDate(older({ a: [1, "text"] }), steps))).toEqual({ a: [1, "text"] });
});

test("a current image is left alone", () => {
  const image = encode({ a: 1 });
  expect(upToDate(image, steps)).toBe(image);
});

test.each<[string, () => Uint8Array, ReadonlyMap<number, Migration>]>([
  ["no step leads on from it", () => older(1), new Map()],
  ["it is newer than this flowc", () => Uint8Array.of(2, 0), steps],
  ["a step leads nowhere", () => older(1), new Map([[0, { name: "nothing", migrate: (image) => image }]])],
  ["it is empty", () => new Uint8Array(), steps],
])("refused: %s", (_name, image, known) => {
  expect(() => upToDate(image(), known)).toThrow(CorruptCheckpointError);
  expect(() => decode(image())).toThrow(CorruptCheckpointError);
});
