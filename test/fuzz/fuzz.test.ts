/** A fixed slice of what `npm run fuzz` does for as long as it is let. */
import { expect, it } from "vitest";
import { compare } from "./compare.ts";
import { generate } from "./generate.ts";
import { describe as show } from "./report.ts";
import { print, smaller } from "./tree.ts";

const FIRST = 1;
const COUNT = 40;

it("compiled programs do what the program says", () => {
  const programs = Array.from({ length: COUNT }, (_, index) => ({
    name: `seed-${FIRST + index}`,
    text: print(generate(FIRST + index)),
  }));
  const { equal, findings, rejected } = compare(programs);
  expect(findings.map(show)).toEqual([]);
  expect(equal + rejected.size).toBe(COUNT);
  expect(equal).toBeGreaterThan(COUNT * 0.9);
}, 180_000);

it("the same seed makes the same program, another seed another", () => {
  expect(print(generate(7))).toBe(print(generate(7)));
  expect(print(generate(7))).not.toBe(print(generate(8)));
});

it("a program that differs is noticed, and each smaller one is smaller", () => {
  const text = `import { hit } from "../kit.js";\nexport function main(): unknown { return hit(globalThis.process.argv[1]?.includes("execute") ? Math.random() : 1); }\n`;
  expect(compare([{ name: "random", text }]).findings).toHaveLength(1);
  const tree = generate(3);
  for (const made of smaller(tree)) expect(print(made)).not.toBe(print(tree));
});
