/** Values of classes that flowc did not compile, held across a suspension by a whole program. */
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
