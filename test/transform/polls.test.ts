/** Which loops are polled, and how far up the stack their functions may look. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { compile } from "../../dist/transform/index.js";

// Inside the project, whose types of Node the tsconfig names.
const cache = path.resolve(import.meta.dirname, "../../.cache");
mkdirSync(cache, { recursive: true });
const folder = realpathSync(mkdtempSync(path.join(cache, "polls-")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

writeFileSync(
  path.join(folder, "tsconfig.json"),
  JSON.stringify({
    compilerOptions: { allowImportingTsExtensions: true, noEmit: true, module: "nodenext", target: "es2024", types: ["node"] },
  }),
);

/** The polls in the fast copy of each function whose name is given, in one compilation. */
function polls(names: readonly string[], files: Readonly<Record<string, string>>): Record<string, string> {
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), HEAD + text);
  const result = compile({ files: [path.join(folder, "main.ts")], cwd: folder, preempt: true });
  expect(result.diagnostics).toEqual([]);
  const code = result.outputs.map((output) => output.code).join("\n");
  return Object.fromEntries(names.map((name) => [name, pollsIn(code, name)]));
}

function pollsIn(code: string, name: string): string {
  const [, body] = code.split(new RegExp(`^(?:export )?(?:function ${name}\\(|const ${name} = \\()`, "m"));
  const own = body!.split(/\n(?:function|const|export) /)[0]!;
  return [...own.matchAll(/const \$\w+ = (\$tick\(\d*\))/g)].map((found) => found[1]!).join();
}

const HEAD = 'import { sleep, start } from "flowc";\n';

it("loops whose end nobody knows, unless every round waits, or their head counts the rounds", () => {
  const loops: Readonly<Record<string, string>> = {
    "while (i < n) i++;": "$tick()",
    "do i++; while (i < n);": "$tick()",
    "for (;;) if (i++ > n) break;": "$tick()",
    "for (let k = 0; k < n; k++) i += k;": "$tick()",
    "for (const k of [1, 2]) i += k;": "",
    "while (i < n) { i++; if (i < 0) sleep(1); }": "$tick()",
    "for (;;) { i++; if (i > n) break; if (i < 0) sleep(1); }": "$tick()",
    "for (;;) { if (i++ > n) continue; sleep(1); }": "$tick()",
    "for (;;) { i > 5 && sleep(1); i++; }": "$tick()",
    "for (;;) { for (let k = 0; k < n; k++) sleep(1); }": "$tick()",
    "for (;;) { sleep(1); if (i++ > n) break; }": "",
    "for (;;) { try { sleep(1); } finally { i++; } if (i > n) break; }": "",
    "while (sleep(1) === undefined && i < n) i++;": "",
    "for (let k = 0; k < n; k++) if (k < 0) sleep(1);": "",
  };
  const functions = Object.keys(loops).map(
    (loop, at) => `export function f${at}(n: number): number { let i = 0; ${loop} sleep(1); return i; }`,
  );
  const found = polls(
    functions.map((_, at) => `f${at}`),
    { "main.ts": functions.join("\n") },
  );
  expect(Object.fromEntries(Object.keys(loops).map((loop, at) => [loop, found[`f${at}`]]))).toEqual(loops);
});

const LOOP = "let i = 0; while (i < n) i++; if (n < 0) sleep(1); return i;";
const looping = (name: string): string => `function ${name}(n: number): number { ${LOOP} }\n`;

it("callers that are surely compiled code, and a workflow that waits for nothing", () => {
  const text = `${looping("once")}${looping("twice")}${looping("both")}const arrow = (n: number): number => { ${LOOP} };
function between(n: number): number { return twice(n) + both(n); }
export function main(n: number): number { return once(n) + between(n) + both(n) + arrow(n); }
export function spin(): number { let i = 0; while (i < 1e9) i++; return i; }
export function other(): number { let i = 0; while (i < 1e9) i++; return i; }
export function parent(): void { start(spin, []); }`;
  expect(polls(["once", "twice", "both", "arrow", "spin", "other"], { "main.ts": text })).toEqual({
    once: "$tick(1)",
    twice: "$tick(2)",
    both: "$tick(1)",
    arrow: "$tick(1)",
    spin: "$tick()",
    other: "",
  });
});

it("not those of a function that is a value, or that others may import", () => {
  const names = ["inArray", "short", "listed", "optional", "called"];
  const text = `${names.map(looping).join("")}export ${looping("exported")}export const held: unknown = [[inArray], { short }];
export { listed };
export function main(n: number): number {
  return inArray(n) + short(n) + listed(n) + optional?.(n) + called.call(null, n) + exported(n);
}`;
  const found = polls([...names, "exported"], { "main.ts": text });
  expect(found).toEqual(Object.fromEntries([...names, "exported"].map((name) => [name, "$tick()"])));
});

it("a function that another module imports by its name is called by that one", () => {
  const text = `import { named } from "./named.ts";
import * as whole from "./whole.ts";
export const later = (): unknown => import("./later.ts");
export function main(n: number): number { return named(n) + whole.whole(n); }`;
  const files = { "main.ts": text, "named.ts": `export ${looping("named")}`, "whole.ts": `export ${looping("whole")}` };
  const later = `export ${looping("later2")}export function calls(n: number): number { return later2(n); }`;
  expect(polls(["named", "whole", "later2"], { ...files, "later.ts": later })).toEqual({
    named: "$tick(1)",
    whole: "$tick()",
    later2: "$tick()",
  });
});
