/** What frames are saved under does not change when other code of the program does. */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { compile } from "../../dist/transform/index.js";

const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "flowc-stable-")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HEAD = 'import { sleep } from "flowc";\n';
const MAIN = `class Cart {
  #items = (sleep(1), [] as number[]);
  add(n: number): number { sleep(n); this.#items.push(n); return this.#items.length; }
}
export function main(): unknown {
  const cart = new Cart();
  let n = 0;
  const add = (): number => cart.add(n++);
  for (let i = 0; i < 3; i++) { const later = (): number => add() + i; later(); i++; }
  class Local { #n = (sleep(n), n); get m() { sleep(this.#n); return this.#n; } }
  return [add(), new Local().m];
}
`;
const UNRELATED = `class Basket { #size = (sleep(2), 1); grow(): number { sleep(1); return this.#size++; } }
export function other(): number {
  let k = new Basket().grow();
  const up = (): number => ++k;
  for (let i = 0; i < 3; i++) { const f = (): number => { sleep(1); return i++ + up(); }; f(); }
  return k;
}
`;

/** The emitted code of `main`, both copies. */
function emitted(text: string): string {
  const file = path.join(folder, "program.ts");
  writeFileSync(file, text);
  const result = compile({ files: [file], cwd: folder });
  expect(result.diagnostics).toEqual([]);
  const { code } = result.outputs.find((output) => output.source === file)!;
  const fast = /^export function main[\s\S]*?\n\}\n/m.exec(code)![0];
  const resume = /^function main\$resume[\s\S]*?\n\}\n/m.exec(code)![0];
  return `${fast}\n${resume}`;
}

it("keeps its names when a function is added before it", () => {
  const before = emitted(HEAD + MAIN);
  expect(before).toContain("$save(");
  expect(emitted(HEAD + UNRELATED + MAIN)).toBe(before);
  expect(emitted(HEAD + MAIN + UNRELATED)).toBe(before);
});
