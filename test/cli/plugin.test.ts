import { execFileSync } from "node:child_process";
import { SourceMapConsumer, type RawSourceMap } from "source-map";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { flowc } from "flowc/esbuild";
import { greet } from "./programs.js";
import { Project } from "./project.js";

const bundled = { bundle: true, write: false, format: "esm", platform: "node", logLevel: "silent", outdir: "out" } as const;

test("the esbuild plugin serves compiled files, and the map leads back to the source", async () => {
  const project = new Project({ "main.ts": `export { greet as hello } from "./greet.js";\n`, "greet.ts": greet });
  const result = await build({
    ...bundled,
    absWorkingDir: project.folder,
    entryPoints: ["main.ts"],
    sourcemap: "external",
    plugins: [flowc()],
  });
  expect(result.errors).toEqual([]);
  const [map, code] = result.outputFiles;
  const lines = code!.text.split("\n");
  const line = lines.findIndex((text) => text.includes('"hello "')) + 1;
  const consumer = await new SourceMapConsumer(JSON.parse(map!.text) as RawSourceMap);
  const original = consumer.originalPositionFor({ line, column: lines[line - 1]!.indexOf('"hello "') });
  consumer.destroy();
  expect(original).toMatchObject({ source: expect.stringMatching(/greet.ts$/) as string, line: 9 });
});

test("a refusal is an esbuild error with its place", async () => {
  const project = new Project({ "greet.ts": greet.replace("sleep(1)", "sleep()") });
  const failure = await build({ ...bundled, absWorkingDir: project.folder, entryPoints: ["greet.ts"], plugins: [flowc()] }).catch(
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({
    errors: [
      {
        text: "TS2554: Expected 1 arguments, but got 0.",
        pluginName: "flowc",
        location: { file: "greet.ts", line: 8, column: 2 },
      },
    ],
  });
});

test("node --import flowc/register runs TypeScript with a host program in it", () => {
  const app = `
    import { memory, open } from "flowc";
    import { greet } from "./greet.js";
    const flow = open({ store: memory() });
    await flow.worker();
    console.log(await (await flow.start(greet, ["ada"])).result());
    await flow.close();
  `;
  const project = new Project({
    "app.ts": app,
    "greet.ts": greet,
    "tsconfig.json": `{ "compilerOptions": { "strict": true, "module": "nodenext", "target": "es2024", "types": ["node"] } }`,
  });
  const printed = execFileSync(process.execPath, ["--import", "flowc/register", "app.ts"], {
    cwd: project.folder,
    encoding: "utf8",
  });
  expect(printed).toBe("hello ADA\n");
});
