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

test("a run that takes its time is awaited, and the process ends in order", async () => {
  const { project, store } = await onPostgres();
  project.write("slow.ts", `import { sleep } from "flowc"; export function slow(): number { sleep("1.2 seconds"); return 7; }`);
  project.write(
    "bad.ts",
    `import { sleep } from "flowc"; export function bad(): void { sleep("1.2 seconds"); throw new Error("no"); }`,
  );
  const good = await project.flowc("run", "slow.ts", "--store", store);
  expect([good.code, good.stdout.includes("7"), good.stderr]).toEqual([0, true, expect.not.stringContaining("unsettled")]);
  const bad = await project.flowc("run", "bad.ts", "--store", store);
  expect([bad.code, bad.stderr]).toEqual([1, expect.not.stringContaining("unsettled")]);
});

test("a compiled step.tx writes its row with the commit of its run", async () => {
  const schema = new Schema(await serverUrl());
  onTestFinished(() => schema.destroy());
  const project = new Project({
    "seats.ts": `
import { step } from "flowc";
import type { ClientBase } from "flowc/postgres";
const book = step.tx(async (client: ClientBase, table: string, seat: string): Promise<number> => {
  const { rows } = await client.query<{ seat: string }>("INSERT INTO " + table + " (seat) VALUES ($1) RETURNING seat", [seat]);
  return rows.length;
});
export function seats(table: string): number {
  let booked = 0;
  for (const seat of ["1A", "1B", "1C"]) booked += book(table, seat);
  return booked;
}
`,
  });
  expect((await project.flowc("runs", "--store", schema.url)).code).toBe(0);
  await schema.sql("CREATE TABLE $S.seats (seat text)");
  const args = JSON.stringify([`${schema.name}.seats`]);
  const { code, stdout } = await project.flowc("run", "seats.ts", "--args", args, "--id", "a", "--json", "--store", schema.url);
  expect(code).toBe(0);
  const kinds = jsonLines(stdout).map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === "step.completed").length).toBe(3);
  expect(await schema.sql("SELECT seat FROM $S.seats ORDER BY seat")).toEqual([{ seat: "1A" }, { seat: "1B" }, { seat: "1C" }]);
  const elsewhere = await project.flowc("run", "seats.ts", "--args", args, "--id", "a", "--store", "memory:");
  expect(elsewhere.code).toBe(1);
  expect(elsewhere.stdout + elsewhere.stderr).toContain("step.tx()");
});
