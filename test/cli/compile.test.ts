import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Manifest } from "../../src/transform/types.js";
import { greet } from "./programs.js";
import { jsonLines, Project } from "./project.js";

const tsconfig = (options: object): string =>
  JSON.stringify({
    compilerOptions: { strict: true, module: "nodenext", target: "es2024", types: [], skipLibCheck: true, ...options },
  });

test("writes JavaScript, maps and the manifest to the tsconfig's outDir, laid out as tsc does", async () => {
  const project = new Project({
    "src/greet.ts": greet,
    "src/words/plain.ts": "export const one = 1;\n",
    "tsconfig.json": tsconfig({ rootDir: "src", outDir: "lib" }),
  });
  const { code, stdout, stderr } = await project.flowc("compile");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("wrote lib/greet.js\n");
  expect(readdirSync(project.path("lib"), { recursive: true, encoding: "utf8" }).sort()).toEqual([
    "flowc.manifest.json",
    "greet.js",
    "greet.js.map",
    "words",
    "words/plain.js",
    "words/plain.js.map",
  ]);
  const manifest = JSON.parse(readFileSync(project.path("lib/flowc.manifest.json"), "utf8")) as Manifest;
  const workflow = manifest.modules.flatMap(({ functions }) => functions).find(({ exportedAs }) => exportedAs === "greet");
  expect(workflow).toMatchObject({ id: "src/greet.ts#greet", suspends: true });
  const map = JSON.parse(readFileSync(project.path("lib/greet.js.map"), "utf8")) as { sources: string[] };
  expect(map.sources).toEqual(["../src/greet.ts"]);
});

test("errors in the declarations of packages do not matter, errors in one's own do", async () => {
  const project = new Project({
    "greet.ts": `/// <reference types="broken" />\n/// <reference path="./own.d.ts" />\n${greet}`,
    "own.d.ts": "declare const own: number;\n",
    "node_modules/broken/package.json": '{ "name": "broken", "types": "index.d.ts" }',
    "node_modules/broken/index.d.ts": "declare const broken: Missing;\n",
    "tsconfig.json": tsconfig({ skipLibCheck: false }),
  });
  expect(await project.flowc("compile", "greet.ts", "--outdir", "out")).toMatchObject({ code: 0, stderr: "" });
  project.write("own.d.ts", "declare const own: Missing;\n");
  const { code, stderr } = await project.flowc("compile", "greet.ts", "--outdir", "out");
  expect(stderr).toMatch(/own\.d\.ts:1:20: error TS2304: Cannot find name 'Missing'/);
  expect(code).toBe(2);
});

test("the output runs, by file and by worker", async () => {
  const project = new Project({ "greet.ts": greet });
  await project.flowc("compile", "greet.ts", "--outdir", "out");
  const { stdout, code } = await project.flowc("run", "out/greet.js", "--input", '"ada"', "--store", "memory:");
  expect(stdout).toContain("completed  'hello ADA'");
  expect(code).toBe(0);
});

test("--bundle writes one file that needs nothing but Node", async () => {
  const project = new Project({ "greet.ts": greet });
  const { code, stdout } = await project.flowc("compile", "greet.ts", "--bundle", "out/greet.mjs");
  expect({ code, stdout }).toEqual({ code: 0, stdout: "wrote out/greet.mjs\nwrote out/greet.mjs.map\n" });
  const script = `
    import { greet, $flowc } from ${JSON.stringify(project.path("out/greet.mjs"))};
    const flow = $flowc.open({ store: $flowc.openStore("memory:") });
    await flow.worker();
    const run = await flow.start(greet, ["ada"]);
    console.log(await run.result());
    await flow.close();
  `;
  // From a folder where no package can be found.
  const printed = execFileSync(process.execPath, ["--input-type=module", "-e", script], { cwd: "/", encoding: "utf8" });
  expect(printed).toBe("hello ADA\n");
  expect(readFileSync(project.path("out/greet.mjs"), "utf8")).not.toMatch(/from "(?!node:)/);
});

test("the command line runs a bundle with the runtime inside it", async () => {
  const project = new Project({ "greet.ts": greet });
  await project.flowc("compile", "greet.ts", "--bundle", "greet.mjs");
  const { stdout, stderr } = await project.flowc("run", "greet.mjs", "--input", '"ada"', "--id", "g");
  expect(stderr).toBe("");
  expect(stdout).toContain("completed  'hello ADA'");
});

test("--emit prints the IR of one function and writes nothing", async () => {
  const project = new Project({ "greet.ts": greet });
  const { code, stdout } = await project.flowc("compile", "greet.ts", "--emit=cfg", "--fn=greet");
  expect(code).toBe(0);
  expect(stdout).toContain("greet");
  expect(existsSync(project.path("greet.js"))).toBe(false);
});

test.each([
  { name: "an unknown pass", args: ["greet.ts", "--emit=magic"], line: /There is no pass "magic". Passes: / },
  { name: "an unknown function", args: ["greet.ts", "--emit=cfg", "--fn=nobody"], line: /nobody/ },
  { name: "no place to write to", args: ["greet.ts"], line: /Where should the output go/ },
  { name: "--fn alone", args: ["greet.ts", "--fn=greet"], line: /--fn goes with --emit/ },
  { name: "a bundle and a folder", args: ["greet.ts", "--bundle", "x.mjs", "--outdir", "out"], line: /--bundle or --outdir/ },
  { name: "a bundle of two files", args: ["greet.ts", "greet.ts", "--bundle", "x.mjs"], line: /exactly one entry/ },
  {
    name: "a tsconfig that is not there",
    args: ["greet.ts", "--outdir", "out", "--project", "nowhere.json"],
    line: /nowhere.json/,
  },
])("$name", async ({ args, line }) => {
  const { code, stderr } = await new Project({ "greet.ts": greet }).flowc("compile", ...args);
  expect(stderr).toMatch(line);
  expect(stderr).not.toMatch(/\n {4}at /);
  expect(code).toBe(2);
});

test("a refusal has a place, a reason and a way out, and nothing is written", async () => {
  const project = new Project({
    "bad.ts": `import { sleep } from "flowc";\nexport function late(): string { setTimeout(() => sleep(1), 1); return "x"; }\n`,
  });
  const { code, stderr } = await project.flowc("compile", "bad.ts", "--outdir", "out");
  expect(stderr).toMatch(/^bad.ts:2:\d+: error FLOW1002: /);
  expect(stderr).toMatch(/why: .*\n {2}fix: /);
  expect(code).toBe(2);
  expect(existsSync(project.path("out"))).toBe(false);
  const [json] = jsonLines((await project.flowc("compile", "bad.ts", "--outdir", "out", "--json")).stdout);
  expect(json).toMatchObject({
    error: { code: "FLOW_COMPILE", diagnostics: [{ code: "FLOW1002", severity: "error", line: 2 }] },
  });
});
