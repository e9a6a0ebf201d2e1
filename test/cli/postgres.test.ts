/** The command line on a PostgreSQL store. */
import { expect, onTestFinished, test } from "vitest";
import { jsonLines, Project } from "./project.js";
import { Schema, serverUrl } from "../store/postgres/server.js";

const ORDERS = `
import { channel, step } from "flowc";
const charge = step(async (cents: number): Promise<string> => "paid " + cents, { name: "charge" });
const Approval = channel<boolean>("approval");
export function order(cents: number): string {
  return Approval.receive() ? charge(cents) : "declined";
}
`;

async function onPostgres(): Promise<{ project: Project; store: string }> {
  const schema = new Schema(await serverUrl());
  onTestFinished(() => schema.destroy());
  return { project: new Project({ "order.ts": ORDERS }), store: schema.url };
}

test("two workers beside each other, messages from elsewhere, and everything is seen", async () => {
  const { project, store } = await onPostgres();
  const workers = [1, 2].map(() => project.start("worker", "order.ts", "--store", store));
  await Promise.all(workers.map((worker) => worker.says(/ready/)));
  const started = await project.flowc("run", "order.ts", "--args", "[7]", "--id", "a", "--detach", "--store", store);
  expect(started.code).toBe(0);
  expect((await project.flowc("send", "a", "approval", "true", "--store", store)).code).toBe(0);
  await Promise.race(workers.map((worker) => worker.says(/a {2}completed/)));
  const { stdout } = await project.flowc("runs", "--json", "--store", store);
  expect(jsonLines(stdout)).toMatchObject([{ id: "a", status: "completed" }]);
  await Promise.all(workers.map((worker) => worker.kill()));
});

test("a database that cannot be used is one line without the password, and exit code 3", async () => {
  const { project } = await onPostgres();
  const missing = new URL(await serverUrl());
  missing.pathname = "/no_such_database";
  missing.password = "s3cret";
  for (const [store, says] of [
    [missing.href, /no_such_database.*does not exist/],
    ["postgres://me:s3cret@127.0.0.1:1/x", /cannot be reached/],
  ] as const) {
    const { code, stderr } = await project.flowc("runs", "--store", store);
    expect(code).toBe(3);
    expect(stderr.trim()).toMatch(says);
    expect(stderr.trim().split("\n").length).toBe(1);
    expect(stderr).not.toContain("s3cret");
  }
});
