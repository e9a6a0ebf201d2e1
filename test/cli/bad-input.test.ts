import { DatabaseSync } from "node:sqlite";
import { copyFileSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { greet, mailbox } from "./programs.js";
import { jsonLines, Project } from "./project.js";

/** One line that starts with `error:`, nothing on stdout, no stack trace. */
function expectOneLine({ stdout, stderr }: { stdout: string; stderr: string }, pattern: RegExp): void {
  expect(stderr).toMatch(pattern);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).toMatch(/^error: /);
  expect(stdout).toBe("");
}

const order = `
import { sleep } from "flowc";
export interface Order { readonly id: string; readonly items: readonly { readonly sku: string }[] }
export function checkout(order: Order): number { sleep(1); return order.items.length; }
`;

describe("arguments", () => {
  test.each([
    { name: "no JSON", args: ["--input", "{id: 1}"], line: /--input is not JSON: \{id: 1\}/ },
    { name: "no array", args: ["--args", '{"id":"1"}'], line: /--args takes a JSON array/ },
    { name: "both", args: ["--args", "[]", "--input", "1"], line: /--input or --args, not both/ },
    { name: "none", args: [], line: /do not fit checkout: Expected 1 arguments, but got 0/ },
    { name: "a property missing", args: ["--input", '{"id":"1"}'], line: /do not fit checkout: .*'items' is missing/ },
    {
      name: "a property of another type",
      args: ["--input", '{"id":1,"items":[]}'],
      line: /do not fit checkout: Type 'number' is not assignable/,
    },
    {
      name: "an unknown property",
      args: ["--input", '{"id":"1","items":[],"colour":"red"}'],
      line: /do not fit checkout: .*"colour"/,
    },
  ])("$name: one line, exit code 2, no run", async ({ args, line }) => {
    const project = new Project({ "order.ts": order });
    const result = await project.flowc("run", "order.ts", ...args);
    expectOneLine(result, line);
    expect(result.code).toBe(2);
    expect(existsSync(project.path("flow.db"))).toBe(false);
  });

  test("a message that is not JSON", async () => {
    const project = new Project({});
    const result = await project.flowc("send", "m", "word", "hello");
    expectOneLine(result, /The message is not JSON: hello/);
    expect(result.code).toBe(2);
  });

  test("--json puts the error on stdout as JSON", async () => {
    const project = new Project({ "order.ts": order });
    const { stdout, stderr, code } = await project.flowc("run", "order.ts", "--input", "oops", "--json");
    expect(jsonLines(stdout)).toEqual([
      { error: { code: "FLOW_USAGE", message: expect.stringContaining("--input is not JSON") as string } },
    ]);
    expect(stderr).toBe("");
    expect(code).toBe(2);
  });
});

describe("programs", () => {
  test("a file that is not there", async () => {
    const result = await new Project({}).flowc("run", "nowhere.ts");
    expectOneLine(result, /There is no file nowhere.ts/);
    expect(result.code).toBe(2);
  });

  test("a file that does not type-check: code frames, then one line", async () => {
    const project = new Project({ "bad.ts": greet.replace("hello ", '" + 1n * 2 + "') });
    const { code, stderr, stdout } = await project.flowc("run", "bad.ts", "--input", '"x"');
    expect(stderr).toMatch(/^bad.ts:9:\d+: error TS2365: /);
    expect(stderr).toMatch(/9 \| .*return/);
    expect(stderr).toMatch(/\nerror: 1 error in bad.ts\n$/);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });

  test("no exported workflow", async () => {
    const project = new Project({ "plain.ts": "export const add = (a: number, b: number): number => a + b;\n" });
    const { code, stderr } = await project.flowc("run", "plain.ts");
    expect(stderr).toMatch(/workflow/);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect(code).toBe(2);
  });

  test("several workflows and none named", async () => {
    const project = new Project({
      "two.ts":
        greet +
        greet
          .replaceAll("greet", "wave")
          .replaceAll("shout", "yell")
          .replace(/import.*/, ""),
    });
    const result = await project.flowc("run", "two.ts", "--input", '"x"');
    expectOneLine(result, /two.ts exports several workflows: greet, wave/);
    expect(result.code).toBe(2);
  });

  test("a workflow that is not there", async () => {
    const result = await new Project({ "greet.ts": greet }).flowc("run", "greet.ts", "wave");
    expectOneLine(result, /greet.ts exports no workflow "wave". It exports: greet/);
    expect(result.code).toBe(2);
  });

  test("a program that throws while it loads", async () => {
    const result = await new Project({ "greet.ts": `${greet}\nthrow new Error("not today");\n` }).flowc(
      "run",
      "greet.ts",
      "--input",
      '"x"',
    );
    expectOneLine(result, /not today/);
    expect(result.code).not.toBe(0);
  });

  test("compiled code of another ABI", async () => {
    const project = new Project({ "greet.ts": greet });
    expect((await project.flowc("compile", "greet.ts", "--outdir", "out")).code).toBe(0);
    const code = readFileSync(project.path("out/greet.js"), "utf8");
    project.write("out/greet.js", code.replace(/\$module\(1,/, "$module(99,"));
    const result = await project.flowc("run", "out/greet.js", "--input", '"x"');
    expectOneLine(result, /compiled for flowc ABI 99/);
    expect(result.code).toBe(5);
  });

  test("a suspended run whose program changed stays where it was", async () => {
    const project = new Project({ "mailbox.ts": mailbox });
    const running = project.start("run", "mailbox.ts", "--input", JSON.stringify(project.path("log.txt")), "--id", "m");
    await running.says(/waiting/);
    await running.kill();
    project.write("mailbox.ts", mailbox.replace("words.length < 2", "words.length < 3"));
    const result = await project.flowc("inspect", "m", "--program", "mailbox.ts");
    expect(result.stderr).toMatch(/^error: mailbox in mailbox\.ts has changed since the run was suspended in it\.[^\n]*\n$/);
    expect(result.stdout).toMatch(/^status +waiting/m);
    expect(result.code).toBe(5);
    const log = readFileSync(project.path("log.txt"), "utf8");
    await project.flowc("send", "m", "word", '"x"');
    const again = await project.flowc("run", "mailbox.ts", "--input", JSON.stringify(project.path("log.txt")), "--id", "m");
    expect(again.stderr.match(/has changed/g)).toHaveLength(1);
    expect(again.stderr).toMatch(/flowc retry/);
    expect(again.code).toBe(5);
    expect(readFileSync(project.path("log.txt"), "utf8")).toBe(log);
    project.write("mailbox.ts", mailbox);
    expect((await project.flowc("inspect", "m")).stdout).toContain("Word.receive()");
    await project.flowc("retry", "m");
    await project.flowc("send", "m", "word", '"y"');
    const { stdout } = await project.flowc("run", "mailbox.ts", "--input", JSON.stringify(project.path("log.txt")), "--id", "m");
    expect(stdout).toMatch(/^completed +\[ 'x', 'y' \]$/m);
  });

  test("a run that has ended is shown whatever became of its program", async () => {
    const project = new Project({ "greet.ts": greet });
    await project.flowc("run", "greet.ts", "--input", '"a"', "--id", "g");
    project.write("greet.ts", "no program(");
    const { code, stdout, stderr } = await project.flowc("inspect", "g");
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^result +'hello A'$/m);
    expect(code).toBe(0);
  });

  test("a folder", async () => {
    const project = new Project({ "src/greet.ts": greet });
    const result = await project.flowc("run", "src");
    expectOneLine(result, /src is a folder; name a file in it/);
    expect(result.code).toBe(2);
  });
});

describe("runs", () => {
  test.each([
    ["inspect", "nobody"],
    ["send", "nobody", "word", "1"],
    ["cancel", "nobody"],
    ["retry", "nobody"],
  ])("%s of an unknown run", async (...args) => {
    const result = await new Project({}).flowc(...args);
    expectOneLine(result, /There is no run nobody in sqlite:/);
    expect(result.code).toBe(4);
  });

  test("retry of a run that has not failed", async () => {
    const project = new Project({ "greet.ts": greet });
    await project.flowc("run", "greet.ts", "--input", '"x"', "--id", "g");
    const result = await project.flowc("retry", "g");
    expectOneLine(result, /g has not failed/);
    expect(result.code).toBe(2);
  });

  test("send to a run that has ended", async () => {
    const project = new Project({ "greet.ts": greet });
    await project.flowc("run", "greet.ts", "--input", '"x"', "--id", "g");
    const result = await project.flowc("send", "g", "word", "1");
    expectOneLine(result, /g has ended/);
    expect(result.code).toBe(2);
  });
});

describe("stores", () => {
  test("an URL that names no store", async () => {
    const result = await new Project({}).flowc("runs", "--store", "granite:tablet");
    expectOneLine(result, /granite:tablet/);
    expect(result.code).toBe(2);
  });

  test("a file that is no database", async () => {
    const project = new Project({});
    writeFileSync(project.path("flow.db"), "a shopping list, and not a short one: ".repeat(100));
    const result = await project.flowc("runs");
    expectOneLine(result, /flow.db/);
    expect(result.code).toBe(3);
    expect(readFileSync(project.path("flow.db"), "utf8")).toMatch(/^a shopping list/);
  });

  test("somebody else's database", async () => {
    const project = new Project({});
    const db = new DatabaseSync(project.path("flow.db"));
    db.exec("CREATE TABLE recipes (name TEXT)");
    db.close();
    const result = await project.flowc("runs");
    expectOneLine(result, /flow.db/);
    expect(result.code).toBe(3);
  });

  test("a folder", async () => {
    const result = await new Project({}).flowc("runs", "--store", "sqlite:node_modules");
    expectOneLine(result, /node_modules/);
    expect(result.code).toBe(3);
  });

  test("a store of a newer schema", async () => {
    const project = await withRun();
    const db = new DatabaseSync(project.path("flow.db"));
    db.exec("PRAGMA user_version = 999");
    db.close();
    const result = await project.flowc("runs");
    expectOneLine(result, /newer/);
    expect(result.code).toBe(3);
  });

  test("a truncated store", async () => {
    const project = await withRun();
    const db = new DatabaseSync(project.path("flow.db"));
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    db.close();
    truncateSync(project.path("flow.db"), Math.floor(statSync(project.path("flow.db")).size / 2));
    const result = await project.flowc("runs");
    expectOneLine(result, /flow.db/);
    expect(result.code).toBe(3);
  });

  test("a store that another process has locked", async () => {
    const project = await withRun();
    const db = new DatabaseSync(project.path("flow.db"));
    db.exec("BEGIN EXCLUSIVE");
    const result = await project.flowc("cancel", "g");
    db.exec("ROLLBACK");
    db.close();
    expectOneLine(result, /locked|busy/);
    expect(result.code).toBe(3);
  });

  test("two workers on one file", async () => {
    const project = new Project({ "mailbox.ts": mailbox });
    const command = ["run", "mailbox.ts", "--input", JSON.stringify(project.path("log.txt"))];
    const running = project.start(...command, "--id", "m");
    await running.says(/waiting/);
    const { code, stderr } = await project.flowc("worker", "mailbox.ts");
    expect(stderr).toMatch(/^error: .*flow.db already has a worker: process \d+/);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(code).toBe(3);
    await running.kill();
  });

  async function withRun(): Promise<Project> {
    const project = new Project({ "greet.ts": greet });
    const { code } = await project.flowc("run", "greet.ts", "--input", '"x"', "--id", "g", "--detach");
    expect(code).toBe(0);
    copyFileSync(project.path("flow.db"), project.path("copy.db"));
    return project;
  }
});
