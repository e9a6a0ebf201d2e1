/**
 * The compiler compiled by itself: a program of several thousand lines in which a few hundred functions become suspendable, because they call function values.
 * The compiled compiler has to give the same output as the one that compiled it.
 */
import { execFileSync } from "node:child_process";
import { globSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const scratch = path.join(root, `.cache/self-${process.pid}`);
const built = path.join(root, "dist/transform/index.js");
const entry = path.join(scratch, "entry.ts");

beforeAll(() => {
  mkdirSync(scratch, { recursive: true });
  // One suspension makes everything it can reach part of a workflow.
  writeFileSync(
    entry,
    `import { sleep } from "flowc";\nexport * from "../../src/transform/index.js";\nexport function wait(): void { sleep(1); }\n`,
  );
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs a script against a compiler in a process of its own and returns what it prints. */
function run(compiler: string, script: string): string {
  const source = `import { compile } from ${JSON.stringify(pathToFileURL(compiler).href)};\n${script}`;
  return execFileSync(process.execPath, ["--input-type=module", "-e", source], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
}

it("gives the same output as the compiler that compiled it", () => {
  const out = path.join(scratch, "out");
  const write = `
    import { mkdirSync, writeFileSync } from "node:fs";
    import path from "node:path";
    const result = compile({ files: [${JSON.stringify(entry)}], project: "tsconfig.json" });
    if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
    for (const { source, code } of result.outputs) {
      const file = path.join(${JSON.stringify(out)}, path.relative(process.cwd(), source)).replace(/\\.ts$/, ".js");
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, code);
    }
    console.log(result.manifest.modules.flatMap((module) => module.functions).filter((fn) => fn.suspends).length);`;
  expect(Number(run(built, write))).toBeGreaterThan(100);
  const files = globSync("fixtures/{order,loops,completions,closures}/*.ts", { cwd: root }).sort();
  const print = `
    const { ok, outputs, manifest } = compile({ files: ${JSON.stringify(files)}, project: "fixtures/tsconfig.json" });
    console.log(JSON.stringify({ ok, outputs, manifest }));`;
  const expected = run(built, print);
  expect(JSON.parse(expected)).toMatchObject({ ok: true });
  expect(run(path.join(out, "src/transform/index.js"), print)).toBe(expected);
}, 300_000);
