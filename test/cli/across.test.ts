/** Runs that have to do with each other and with the outside world, from the command line: children, callbacks, notes, pauses. */
import { expect, test } from "vitest";
import { jsonLines, Project } from "./project.js";

const program = `
import { callback, note, start, step } from "flowc";

const tell = step(async (token: string): Promise<void> => console.error("token " + token));

export function approve(item: string): string {
  note("item", item);
  const answer = callback<{ ok: boolean }>((token) => tell(token));
  return item + (answer.ok ? " yes" : " no");
}

export function order(items: string[]): string[] {
  note("size", items.length);
  const children = items.map((item) => start(approve, [item], { id: "approve-" + item }));
  return children.map((child) => child.result());
}
`;

test("a run starts others, each waits for an answer from outside, and their results come back", async () => {
  const project = new Project({ "order.ts": program });
  expect((await project.flowc("run", "order.ts", "order", "--id", "o", "--args", '[["a","b"]]', "--detach")).code).toBe(0);
  const worker = project.start("worker", "order.ts");
  const tokens = new Map<string, string>();
  try {
    await expect
      .poll(async () => jsonLines((await project.flowc("runs", "--parent", "o", "--json")).stdout).length, { timeout: 20_000 })
      .toBe(2);
    await expect
      .poll(
        async () => {
          for (const { id, waitingFor } of jsonLines((await project.flowc("runs", "--note", "item=a", "--json")).stdout))
            tokens.set(String(id), String(waitingFor));
          return [...tokens];
        },
        { timeout: 20_000 },
      )
      .toEqual([["approve-a", "answer to a callback"]]);
    await project.flowc("pause", "approve-b", "a look at it");
    for (const [, token] of (await said(worker, 2)).matchAll(/token (\S+)/g)) {
      const answered = await project.flowc("answer", token!, '{"ok":true}');
      expect([answered.stdout.trim(), answered.code]).toEqual(["answered", 0]);
    }
    await expect
      .poll(async () => (await project.flowc("runs", "--status", "paused")).stdout, { timeout: 20_000 })
      .toContain("to be resumed: a look at it");
    await project.flowc("resume", "approve-b");
    await expect
      .poll(async () => (await project.flowc("inspect", "o")).stdout, { timeout: 20_000 })
      .toContain("[ 'a yes', 'b yes' ]");
    expect((await project.flowc("inspect", "approve-b")).stdout).toMatch(/started by +o\nnote item +b/);
    const wrong = await project.flowc("answer", "nonsense", "1");
    expect([wrong.stderr.trim(), wrong.code]).toEqual(["error: This is not a token that callback() gave out.", 2]);
  } finally {
    await worker.kill();
  }
}, 90_000);

/** What the process has written once it has said that many tokens. */
async function said(worker: ReturnType<Project["start"]>, count: number): Promise<string> {
  await expect.poll(() => worker.said.stdout.match(/token /g)?.length ?? 0, { timeout: 20_000 }).toBe(count);
  return worker.said.stdout;
}
