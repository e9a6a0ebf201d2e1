import { spawnSync } from "node:child_process";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { flowc } from "../../scripts/lib/flowc.mjs";

const COMMANDS = ["compile", "run", "worker", "runs", "inspect", "send", "cancel", "retry", "schedule list"];

test("help lists the commands and the exit codes", async () => {
  const { code, stdout } = await flowc(["--help"]);
  expect(code).toBe(0);
  for (const [command] of COMMANDS.map((name) => name.split(" "))) expect(stdout).toMatch(new RegExp(`^ {2}${command}\\b`, "m"));
  expect(stdout).toContain("Exit codes:");
});

describe.each(COMMANDS)("flowc %s --help", (command) => {
  test("shows examples and takes --json", async () => {
    const { code, stdout } = await flowc([...command.split(" "), "--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain("Examples:");
    expect(stdout).toContain("--json");
  });
});

test("the version is that of the package", async () => {
  const { stdout } = await flowc(["--version"]);
  expect(stdout).toBe("0.1.0\n");
});

test.each([
  { name: "an unknown command", args: ["fly"], line: /unknown command 'fly'/ },
  { name: "a missing argument", args: ["run"], line: /missing required argument 'file'/ },
  { name: "an unknown option", args: ["runs", "--loud"], line: /unknown option '--loud'/ },
  { name: "a limit that is no number", args: ["runs", "--limit", "many"], line: /whole number/ },
  { name: "a status that is none", args: ["runs", "--status", "tired"], line: /Allowed choices/ },
])("$name is one line and exit code 2", async ({ args, line }) => {
  const { code, stdout, stderr } = await flowc(args);
  expect(stderr).toMatch(line);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stdout).toBe("");
  expect(code).toBe(2);
});

test("an old Node gets one sentence", () => {
  const pretend = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.11.0" } });`;
  const bin = path.resolve(import.meta.dirname, "../../bin/flowc.mjs");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(pretend)}`, bin, "runs"],
    {
      encoding: "utf8",
    },
  );
  expect({ status, stdout, stderr }).toEqual({
    status: 1,
    stdout: "",
    stderr: "flowc needs Node 24 or newer, this is Node 20.11.0.\n",
  });
});
