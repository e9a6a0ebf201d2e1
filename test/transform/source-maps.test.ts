/** Maps lead from both copies of a function to the TypeScript it was written as. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { SourceMapConsumer } from "source-map";
import { beforeAll, describe, expect, it } from "vitest";
import { compile } from "../../src/transform/index.js";

const source = path.resolve(import.meta.dirname, "../../examples/checkout/checkout.ts");
const original = readFileSync(source, "utf8").split("\n");
let code: string[];
let lookUp: (line: number, column: number) => { line: number | null; column: number | null; source: string | null };

beforeAll(async () => {
  const output = compile({ files: [source] }).outputs.find((candidate) => candidate.source === source)!;
  code = output.code.split("\n");
  const consumer = await new SourceMapConsumer(output.map);
  lookUp = (line, column) => consumer.originalPositionFor({ line, column });
});

/** Every place `text` is called in the emitted code. */
function placesOf(text: string): { line: number; column: number }[] {
  return code.flatMap((content, index) => {
    const column = content.indexOf(text);
    return column < 0 || content.trimStart().startsWith("[") ? [] : [{ line: index + 1, column }];
  });
}

describe.each([
  "reserve(id, items)",
  "charge(id, card, total)",
  "ship(id, item)",
  "refund(payment.id, total)",
  "recall(parcel.id)",
])("%s", (call) => {
  it("maps back from the fast copy and the resume copy", () => {
    const places = placesOf(call);
    expect(places.length).toBe(call.startsWith("reserve") ? 1 : 2);
    const wanted = original.findIndex((line) => line.includes(call)) + 1;
    for (const place of places) {
      const found = lookUp(place.line, place.column);
      expect(found.line, `${code[place.line - 1]}`).toBe(wanted);
      expect(found.source).toMatch(/checkout\.ts$/);
      expect(original[wanted - 1]!.slice(found.column!).startsWith(call)).toBe(true);
    }
  });
});
