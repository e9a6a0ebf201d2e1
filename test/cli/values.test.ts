/** Values of classes that flowc did not compile, held across a suspension by a whole program. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Project } from "./project.js";

/** A package whose class is bound to the process by what it extends. */
const client = {
  "node_modules/client/package.json": `{ "name": "client", "type": "module", "exports": { "types": "./index.d.ts", "default": "./index.js" } }`,
  "node_modules/client/index.d.ts": `
    import { EventEmitter } from "node:events";
    export declare class Client extends EventEmitter { constructor(url: string); readonly url: string; }
  `,
  "node_modules/client/index.js": `
    import { EventEmitter } from "node:events";
    export class Client extends EventEmitter { constructor(url) { super(); this.url = url; } }
  `,
};

const program = (registration: string): string => `
import { Client } from "client";
import { registerCodec, sleep } from "flowc";

${registration}

export function main(): string {
  const one = new Client("tcp://a");
  const both = { one, two: one };
  sleep(1);
  return [one.url, both.one === both.two && both.one === one, one instanceof Client].join();
}
export const used = [registerCodec];
`;

test("a class of a package is refused by what it extends, and taken when it has a codec", async () => {
  const codec = `registerCodec(Client, { name: "client", version: 1, encode: ({ url }) => url, decode: (url) => new Client(url) });`;
  const project = new Project({ ...client, "without.ts": program(""), "with.ts": program(codec) });
  const refused = await project.flowc("run", "without.ts");
  expect(refused.stderr).toMatch(
    /without\.ts:8:9: error FLOW1004: `one` \(Client\) is live across `sleep` at 10:3, used again at 11:11/,
  );
  expect(refused.code).toBe(2);
  const taken = await project.flowc("run", "with.ts");
  expect(taken.stderr).toBe("");
  expect(taken.stdout).toMatch(/completed +'tcp:\/\/a,true,true'/);
});

const files = `
import { appendFileSync } from "node:fs";
import { channel, resource, sleep, step, type Resource } from "flowc";

const Go = channel<string>("go");
class Log {
  constructor(readonly file: string) {
    this.write("open");
  }
  write(text: string): void {
    appendFileSync(this.file, text + "\\n");
  }
}
const inStep = step(async (log: Resource<Log>): Promise<number> => {
  log.value.write("in a step");
  return 1;
});

export function main(file: string): string {
  const log = resource(() => new Log(file), { close: (it) => it.write("close") });
  const again = { log };
  log.value.write("first");
  const word = Go.receive();
  log.value.write(word);
  inStep(log);
  sleep(1);
  return [again.log === log, again.log.value === log.value, log.isOpen].join();
}
`;

test("a resource is closed where the run parks and opened again in the process that goes on", async () => {
  const project = new Project({ "files.ts": files });
  const log = project.path("log.txt");
  const said = (): string[] => readFileSync(log, "utf8").trim().split("\n");
  const running = project.start("run", "files.ts", "--input", JSON.stringify(log), "--id", "f");
  await running.says(/waiting/);
  await expect.poll(said).toEqual(["open", "first", "close"]);
  await running.kill();
  const inspected = await project.flowc("inspect", "f");
  expect(inspected.stdout).toMatch(/log +Resource \(closed\)/);
  await project.flowc("send", "f", "go", '"second"');
  const worker = await project.flowc("worker", "files.ts", "--drain");
  expect(worker.stderr).toBe("");
  expect(said().slice(3)).toEqual(["open", "second", "open", "in a step", "close", "close"]);
  expect((await project.flowc("inspect", "f")).stdout).toMatch(/result +'true,true,true'/);
});

test("the thing itself is refused across a suspension, the resource is not", async () => {
  const held = `
import { DatabaseSync } from "node:sqlite";
import { resource, sleep } from "flowc";

export function main(): number {
  const db = resource(() => new DatabaseSync(":memory:"), { close: (it) => it.close() });
  const { value } = db;
  sleep(1);
  return [db.isOpen, value.isOpen].length;
}
`;
  const { stderr } = await new Project({ "held.ts": held }).flowc("compile", "held.ts");
  expect(stderr).toMatch(/held\.ts:7:11: error FLOW1004: `value` \(DatabaseSync\)/);
  expect(stderr).not.toMatch(/`db`/);
});
