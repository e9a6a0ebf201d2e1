/** Encrypted stores and secrets on the command line. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { jsonLines, Project } from "./project.js";

const program = `
import { channel, secret, step, type Secret } from "flowc";

const Go = channel<string>("go");
const login = step(async (): Promise<Secret<string>> => secret("hunter2"));
const use = step((token: Secret<string>): number => token.reveal().length);

export function main(name: string): string {
  const token = login();
  const word = Go.receive();
  return [use(token), name, word].join();
}
`;

const key = (): string => randomBytes(32).toString("base64");

/** A project with a run that waits for a message, in a store encrypted with `k1`. */
async function waiting(k1: string): Promise<Project> {
  const project = new Project({ "login.ts": program });
  project.env.FLOWC_KEYS = `k1=${k1}`;
  const running = project.start("run", "login.ts", "--input", '"canary"', "--id", "s");
  await running.says(/waiting/);
  await running.kill();
  expect(running.said.stdout).toMatch(/done +login/);
  return project;
}

test("FLOWC_KEYS opens an encrypted store and rotates its keys; secrets are shown nowhere", { timeout: 180_000 }, async () => {
  const k1 = key();
  const project = await waiting(k1);
  const inspected = await project.flowc("inspect", "s", "--journal");
  expect(inspected.stdout).toMatch(/token +\[secret\]/);
  expect(inspected.stdout).toMatch(/name +'canary'/);
  expect(inspected.stdout).toMatch(/step\.completed +\{ step: 'login'/);
  const [data] = jsonLines((await project.flowc("inspect", "s", "--json")).stdout);
  expect(JSON.stringify(data)).toMatch(/"token":"\[secret\]"/);
  const content = readFileSync(project.path("flow.db")).toString("latin1");
  expect(content).not.toMatch(/canary|hunter2/);

  project.env.FLOWC_KEYS = `k2=${key()},k1=${k1}`;
  await project.flowc("send", "s", "go", '"on"');
  const worker = await project.flowc("worker", "login.ts", "--drain");
  expect(worker.stdout).toMatch(/s {2}received +go\n/);
  expect(worker.stderr).toBe("");
  expect((await project.flowc("inspect", "s")).stdout).toMatch(/result +'7,canary,on'/);
});

test("without the keys, or with others, status is shown and nothing is touched", { timeout: 180_000 }, async () => {
  const project = await waiting(key());
  delete project.env.FLOWC_KEYS;
  const blind = await project.flowc("inspect", "s");
  expect(blind.stdout).toMatch(/waits for +message on channel "go"/);
  expect(blind.stderr).toMatch(/^error: The store is encrypted, this payload with key "k1".*FLOWC_KEYS/);
  expect(blind.code).toBe(3);
  for (const command of [
    ["worker", "login.ts", "--drain"],
    ["send", "s", "go", '"x"'],
  ]) {
    const { code, stderr } = await project.flowc(...command);
    expect(stderr).toMatch(/with key "k1", and it was opened without a cipher/);
    expect(code).toBe(3);
  }

  project.env.FLOWC_KEYS = `k1=${key()}`;
  const wrong = await project.flowc("run", "login.ts", "--input", '"canary"', "--id", "s");
  expect(wrong.stderr).toMatch(/a key "k1", and the one of that id here does not open it/);
  expect(wrong.code).toBe(3);
});

test("without a cipher a secret is refused where it would be saved", async () => {
  const project = new Project({ "login.ts": program });
  const { stderr, code } = await project.flowc("run", "login.ts", "--input", '"x"');
  expect(stderr).toMatch(/the result of step login cannot be saved: .*it is a secret, and the store has no cipher/);
  expect(stderr).not.toMatch(/hunter2/);
  expect(code).toBe(1);
});

test("bad keys are told without being shown, and --help tells the form", async () => {
  const project = new Project({ "login.ts": program });
  for (const [keys, message] of [
    ["hunter2", /FLOWC_KEYS is not of the form/],
    ["k1=aHVudGVyMg==", /key "k1" has 7 bytes/],
    ["k1=hunter 2", /key "k1" is not base64/],
  ] as const) {
    project.env.FLOWC_KEYS = keys;
    const { stderr, code } = await project.flowc("runs");
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/hunter|aHVu/);
    expect(code).toBe(2);
  }
  expect((await project.flowc("--help")).stdout).toMatch(/FLOWC_KEYS=<id>=<base64>/);
});
