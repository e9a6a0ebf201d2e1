/** A fixed slice of what `npm run fuzz -- --family everywhere` does for as long as it is let. */
import { expect, it } from "vitest";
import { check, fixtureOf } from "./everywhere/check.ts";
import { generate } from "./everywhere/program.ts";
import { print } from "./tree.ts";

const FIRST = 1;
const COUNT = 60;

it("programs of the whole language do the same when everything suspends", async () => {
  const checked = [];
  for (let seed = FIRST; seed < FIRST + COUNT; seed++) checked.push(await check(seed, 5_000));
  expect(checked.flatMap(({ found }) => (found ? [fixtureOf(found)] : []))).toEqual([]);
  expect(checked.filter(({ ran }) => ran).length).toBeGreaterThan(COUNT * 0.85);
  expect(checked.reduce((sum, { suspensions }) => sum + suspensions, 0)).toBeGreaterThan(COUNT * 10);
}, 180_000);

it("the same seed makes the same program, another seed another", () => {
  expect(print(generate(7))).toBe(print(generate(7)));
  expect(print(generate(7))).not.toBe(print(generate(8)));
});
