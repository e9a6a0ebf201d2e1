import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { Project } from "./project.js";

const socket = `
import { connect } from "node:net";
import { sleep, step } from "flowc";

const ready = step(() => true);

export function talk(): boolean {
  const held: { inner: { anything: unknown } } = { inner: { anything: undefined } };
  const before = ready();
  held.inner.anything = connect({ host: "127.0.0.1", port: 1 }).on("error", () => undefined);
  sleep("1 second");
  return before && held.inner.anything !== undefined;
}
`;

test("a value that cannot be saved: its path, the place, the fix; the run keeps its last checkpoint", async () => {
  const project = new Project({ "talk.ts": socket });
  const { code, stderr } = await project.flowc("run", "talk.ts", "--id", "t");
  const [line = ""] = stderr.split("\n");
  expect(line).toMatch(/^error: run t failed: NotSaveableError: .*held\.inner\.anything/);
  expect(line).toMatch(/talk\.ts:11/);
  expect(stderr).not.toMatch(/\n {4}at /);
  expect(code).toBe(1);
  const { stdout } = await project.flowc("inspect", "t");
  expect(stdout).toMatch(/> +9 \| +const before = ready\(\);/);
});

const caught = `
import { note, step } from "./kit.js";

export function main(): string {
  const held: { anything: unknown } = { anything: new FinalizationRegistry(() => undefined) };
  try {
    step();
    return "saved";
  } catch (error) {
    held.anything = undefined;
    return \`\${(error as Error).name} at \${(error as { path: string }).path}, then \${step()}\`;
  } finally {
    note(held);
  }
}
`;
const kit = `
import { step as make } from "flowc";
export const step = make(() => "saved");
export function note(value: unknown): unknown {
  return value;
}
`;

test("where the types cannot tell, the error is raised at the suspension and the program can catch it", async () => {
  const project = new Project({ "caught.ts": caught, "kit.ts": kit });
  const { stdout, stderr, code } = await project.flowc("run", "caught.ts");
  expect(stderr).toBe("");
  expect(stdout).toMatch(/completed +'NotSaveableError at held\.anything, then saved'/);
  expect(code).toBe(0);
});

const handed = `
import { sleep, step } from "flowc";

const take = step((value: unknown): boolean => value !== undefined);

export function give(): boolean {
  const weak: unknown = new FinalizationRegistry(() => undefined);
  return take({ inside: weak });
}

export function answer(): unknown {
  sleep(1);
  return { list: [new FinalizationRegistry(() => undefined)] };
}
`;

test("what a step is called with and what a run answers are named as such", async () => {
  const project = new Project({ "handed.ts": handed });
  const given = await project.flowc("run", "handed.ts", "give");
  expect(given.stderr).toMatch(
    /step take in give at handed\.ts:8 .*`arguments\[0\]\.inside` cannot be saved: it is a FinalizationRegistry/,
  );
  const answered = await project.flowc("run", "handed.ts", "answer");
  expect(answered.stderr).toMatch(
    /the result of answer cannot be saved: `result\.list\[0\]` cannot be saved: it is a FinalizationRegistry/,
  );
  expect([given.code, answered.code]).toEqual([1, 1]);
});

/** A dependency that calls a function it finds in its argument. */
const walker = {
  "node_modules/walker/package.json": `{ "name": "walker", "type": "module", "exports": { "types": "./index.d.ts", "default": "./index.js" } }`,
  "node_modules/walker/index.js": "export const visit = (visitor) => `${visitor.each()}!`;\n",
  "node_modules/walker/index.d.ts": "export function visit(visitor: { each(): string }): string;\n",
};

const napping = `
import { sleep } from "flowc";
import { visit } from "walker";

function nap(): string {
  sleep(1);
  return "z";
}
`;

test("a suspension under foreign code is refused by name when the compiler sees it", async () => {
  const project = new Project({
    "nap.ts": `${napping}\nexport function run(): string { void visit; queueMicrotask(nap); return "abc"; }\n`,
    ...walker,
  });
  const { code, stderr } = await project.flowc("run", "nap.ts");
  expect(stderr).toMatch(/^nap\.ts:10:\d+: error FLOW1002: .*`queueMicrotask`.*`nap`/);
  expect(stderr).toMatch(/\nerror: 1 error in nap\.ts\n$/);
  expect(code).toBe(2);
});

test("and by name when it only shows while it runs; nothing is lost", async () => {
  const project = new Project({
    "nap.ts": `${napping}\nexport function run(): string { sleep(1); return visit({ each: nap }); }\n`,
    ...walker,
  });
  const { code, stderr } = await project.flowc("run", "nap.ts", "--id", "n");
  expect(stderr).toMatch(/^error: run n failed: ForeignFrameError: .*nap/);
  expect(stderr).not.toMatch(/\n {4}at /);
  expect(code).toBe(1);
  expect((await project.flowc("runs")).stdout).toMatch(/^n +failed/m);
});

const chatty = `
import { step } from "flowc";

const big = step((n: number): string => String(n).repeat(20_000));

export function fill(rounds: number): number {
  const kept: string[] = [];
  for (let i = 0; i < rounds; i++) kept.push(big(i));
  return kept.length;
}
`;

/** A file system of one megabyte; `undefined` where this user may not mount one. */
function smallDisk(folder: string): string | undefined {
  mkdirSync(folder);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], { stdio: "ignore" });
    return folder;
  } catch {
    return undefined;
  }
}

test("a full disk: one line, and the run goes on when there is space", async () => {
  const project = new Project({ "fill.ts": chatty });
  const disk = smallDisk(project.path("disk"));
  const store = `sqlite:${disk ?? project.folder}/flow.db`;
  try {
    const first = await project.flowc(
      "run",
      "fill.ts",
      "--input",
      disk === undefined ? "3" : "30",
      "--id",
      "f",
      "--store",
      store,
    );
    if (disk !== undefined) {
      expect(first.stderr).toMatch(/^error: .*(?:full|space)/);
      expect(first.stderr.trim().split("\n")).toHaveLength(1);
      expect(first.code).toBe(3);
      execFileSync("mount", ["-o", "remount,size=64m", disk]);
    }
    const again = await project.flowc("run", "fill.ts", "--input", "30", "--id", "f", "--store", store);
    expect(again.stdout).toMatch(/completed {2}\d+/);
    expect(again.code).toBe(0);
  } finally {
    if (disk !== undefined) execFileSync("umount", [disk]);
  }
  expect(existsSync(project.path("disk"))).toBe(true);
  rmSync(project.path("disk"), { recursive: true });
});
