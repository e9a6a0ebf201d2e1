/** I9: what cannot suspend, and makes no closure that can reach a checkpoint, is emitted as TypeScript emits it. */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import ts from "typescript";
import { afterAll, expect, it } from "vitest";
import { compile } from "../../dist/transform/index.js";

const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "flowc-untouched-")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PLAIN = `export interface Item { price: number; name?: string }
export function total(items: readonly Item[], rate = 0.2): number {
  let sum = 0;
  for (const { price } of items) sum += price * (1 + rate);
  outer: for (let i = 0; i < 3; i++) {
    switch (i) { case 1: continue outer; default: sum += i; }
  }
  try { sum = Number(\`\${sum}\`); } catch { sum = 0; } finally { sum = sum ?? 1; }
  return items.map((item) => item.price).reduce((a, b) => a + b, sum);
}
export class Stack<T> {
  #items: T[] = [];
  static made = 0;
  constructor(readonly name: string) { Stack.made++; }
  push(item: T): this { this.#items.push(item); return this; }
  get size(): number { return this.#items.length; }
  *[Symbol.iterator](): Generator<T> { yield* this.#items; }
}
export enum Kind { A, B = "b" }
export async function later(): Promise<void> { await Promise.resolve(); }
`;
const WORKFLOW = `import { sleep } from "flowc";
function pure(n: number): number {
  const { a, ...rest } = { a: n, b: 2 };
  return [a, rest.b].filter((x) => x > 1).length + (n as unknown as number);
}
export function main(): number { sleep(1); return pure(2); }
`;

function emit(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  const result = compile({ files: [file], cwd: folder });
  expect(result.diagnostics).toEqual([]);
  return result.outputs.find((output) => output.source === file)!.code;
}

function byTypeScript(text: string): string {
  const options = { target: ts.ScriptTarget.ES2024, module: ts.ModuleKind.ESNext, removeComments: false };
  return ts.transpileModule(text, { compilerOptions: options }).outputText;
}

it("emits a module without suspension byte for byte as TypeScript", () => {
  expect(emit("plain.ts", PLAIN)).toBe(byTypeScript(PLAIN));
});

it("emits a function that cannot suspend byte for byte, next to one that does", () => {
  const wanted = /function pure[\s\S]*?\n\}\n/.exec(byTypeScript(WORKFLOW))![0];
  expect(emit("workflow.ts", WORKFLOW)).toContain(wanted);
});
