/** Types of a program that are kept for questions about calls. */
import path from "node:path";
import { expect, test } from "vitest";
import { Program } from "../../dist/plugin/program.js";

const fixture = (name: string): string => path.resolve(import.meta.dirname, "../../examples/checkout", name);

test("the types of a program are given once, and tell what is wrong with arguments", () => {
  const program = new Program({ keepTypes: true });
  const file = fixture("checkout.ts");
  program.add([file]);
  const types = program.takeTypes()!;
  expect(types.callError(file, "checkout", [])).toMatch(/^Expected 1 arguments, but got 0/);
  expect(types.callError(file, "checkout", [5])).toMatch(/'number' is not assignable to parameter of type 'Order'/);
  expect(types.callError(file, "checkout", [{ id: 1 }])).toMatch(/Type 'number' is not assignable to type 'string'/);
  // Each question is asked of the program as it is.
  expect(types.callError(file, "checkout", [])).toMatch(/^Expected 1 arguments/);
  expect(program.takeTypes()).toBeUndefined();
  program.add([fixture("services.ts")]);
  expect(program.takeTypes()).toBeUndefined();
});
