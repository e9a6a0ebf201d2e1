import { setTimeout as delay } from "node:timers/promises";
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { flowc } from "../../scripts/lib/flowc.mjs";
import { crowd, fragile, greet, mailbox } from "./programs.js";
import { bundled, jsonLines, Project } from "./project.js";

test("run compiles in memory, shows the steps and prints the result", async () => {
  const project = new Project({ "greet.ts": greet });
  const { code, stdout, stderr } = await project.flowc("run", "greet.ts", "--input", '"ada"', "--id", "g");
  expect(stderr).toBe("");
  expect(stdout).toMatch(
    /^run {8}g\nstarted {4}greet.ts#greet\ndone {7}shout in \d+ ms\nwaiting {4}sleep until .*\ncompleted {2}'hello ADA'\n$/,
  );
  expect(code).toBe(0);
});

test("run --json prints one JSON value a line", async () => {
  const project = new Project({ "greet.ts": greet });
  const { stdout } = await project.flowc("run", "greet.ts", "--args", '["ada"]', "--store", "memory:", "--json", "--id", "g");
  const lines = jsonLines(stdout);
  expect(lines.map(({ kind }) => kind)).toEqual(["run", "run.started", "step.completed", "run.waiting", "run.completed", "end"]);
  expect(lines.at(-1)).toEqual({ run: "g", kind: "end", status: "completed", result: "hello ADA" });
});

test("a run that exists already is not run again", async () => {
  const project = new Project({ "greet.mjs": await bundled(greet) });
  await project.flowc("run", "greet.mjs", "--input", '"ada"', "--id", "g");
  const { stdout } = await project.flowc("run", "greet.mjs", "--input", '"bob"', "--id", "g");
  expect(stdout).toBe("run        g\ncompleted  'hello ADA'\n");
});

test("a run that exists already has its arguments; a new one is checked, id or not", async () => {
  const project = new Project({ "greet.ts": greet });
  await project.flowc("run", "greet.ts", "--input", '"ada"', "--id", "g", "--detach");
  const { stdout, code } = await project.flowc("run", "greet.ts", "--id", "g");
  expect(stdout).toContain("completed  'hello ADA'");
  expect(code).toBe(0);
  const other = await project.flowc("run", "greet.ts", "--id", "h");
  expect(other).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringMatching(/^error: The arguments do not fit greet: /) as string,
  });
  expect((await project.flowc("runs")).stdout).not.toContain("h ");
});

test("a killed run goes on where it was, with the same command or with a worker", async () => {
  const project = new Project({ "mailbox.mjs": await bundled(mailbox) });
  const log = project.path("log.txt");
  const command = ["run", "mailbox.mjs", "--input", JSON.stringify(log), "--id", "m"];
  for (const word of ["one", "two"]) {
    const running = project.start(...command);
    await running.says(/waiting {4}message on channel "word"/);
    await running.kill();
    const { code, stdout } = await project.flowc("send", "m", "word", JSON.stringify(word));
    expect({ code, stdout }).toEqual({ code: 0, stdout: "sent to word of m\n" });
    if (word === "one") {
      const next = project.start(...command);
      await next.says(/done {7}note/);
      await next.says(/waiting/);
      await next.kill();
    }
  }
  const worker = await project.flowc("worker", "mailbox.mjs", "--drain");
  expect(worker.stdout).toMatch(/^worker {5}ready, process \d+, sqlite:/);
  expect(worker.code).toBe(0);
  const { stdout } = await project.flowc(...command);
  expect(stdout).toContain("completed  [ 'one', 'two' ]");
  expect(readFileSync(log, "utf8")).toBe("begin\none\ntwo\n");
});

test("inspect shows the stack with source lines and variables, with and without naming the program", async () => {
  const project = new Project({
    "src/mailbox.ts": mailbox,
    "tsconfig.json": `{ "compilerOptions": { "strict": true, "module": "nodenext", "types": [], "skipLibCheck": true } }`,
  });
  project.write(
    "src/mailbox.ts",
    mailbox.replace('import { appendFileSync } from "node:fs";', "const appendFileSync = (..._: string[]): void => undefined;"),
  );
  const running = project.start("run", "src/mailbox.ts", "--input", '"log.txt"', "--id", "m");
  await running.says(/waiting/);
  await project.flowc("send", "m", "word", '"first"');
  await running.says(/received/);
  await running.says(/waiting[^]*waiting|waiting[^]*done[^]*/);
  await running.kill();

  const { code, stdout } = await project.flowc("inspect", "m", "--journal");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^workflow +src\/mailbox.ts#mailbox$/m);
  expect(stdout).toMatch(/^waits for +message on channel "word"$/m);
  expect(stdout).toMatch(/^since +\d{4}-.* UTC \(.*\)$/m);
  expect(stdout).toMatch(/^ {2}mailbox {2}src\/mailbox.ts:13:\d+$/m);
  expect(stdout).toMatch(/^ {2}> 13 \|       const word = Word.receive\(\);$/m);
  expect(stdout).toMatch(/^ {6}words +\[ 'first' \]$/m);
  expect(stdout).toMatch(/message.received/);

  const data = jsonLines((await project.flowc("inspect", "m", "--program", "src/mailbox.ts", "--json")).stdout)[0];
  expect(data).toMatchObject({
    id: "m",
    strands: [{ id: 0, frames: [{ function: "mailbox", line: 13, slots: { words: ["first"] } }] }],
  });
});

test("inspect shows many strands by name, the first of them and a count of the others, or the one that is asked for", async () => {
  const project = new Project({ "crowd.ts": crowd });
  const running = project.start("run", "crowd.ts", "--input", "30", "--id", "c");
  await running.says(/started/);
  await running.kill();
  const { stdout } = await project.flowc("inspect", "c");
  expect(stdout).toMatch(/^waits for +map of 30: 30 running \(and 40 more strands\)$/m);
  expect(stdout).toMatch(/^main: map of 30: 30 running$/m);
  expect(stdout).toMatch(/^map\[1\]: message on channel "go"$/m);
  expect(stdout).toMatch(/^ +at +1$/m);
  expect(stdout).toMatch(/^and 21 more strands \(--strand <name> shows one, --json all\):\n +\d+ +message on channel "go"/m);
  const one = await project.flowc("inspect", "c", "--strand", "map[3]");
  expect(one.stdout).toMatch(/^map\[3\]: all of 1: 1 running\n[^]*^map\[3\] > all\[0\]: message/m);
  expect(one.stdout).not.toMatch(/^map\[1\]/m);
  expect(await project.flowc("inspect", "c", "--strand", "map[99]")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("The run has no strand map[99] now.") as string,
  });
});

test("inspect without the program shows the status and says what is missing", async () => {
  const project = new Project({ "greet.mjs": await bundled(greet) });
  await project.flowc("run", "greet.mjs", "--input", '"ada"', "--id", "g", "--detach");
  const { code, stdout } = await flowc(["inspect", "g", "--store", project.store], { cwd: "/" });
  expect(stdout).toMatch(/^status +ready after 0 commits$/m);
  expect(stdout).toMatch(/For the stack, name the program: flowc inspect --program <file>/);
  expect(code).toBe(0);
});

test("an error thrown outside of everything that waits is one line as well", async () => {
  const shout = '(setTimeout(() => { throw new Error("stray"); }, 1), name)';
  const project = new Project({ "stray.ts": greet.replace("name.toUpperCase()", shout).replace("sleep(1)", "sleep(2000)") });
  const { code, stderr } = await project.flowc("run", "stray.ts", "--input", '"ada"');
  expect(stderr).toBe("error: stray\n");
  expect(code).toBe(70);
});

test("cancel raises CancelledError in the run, and the run command ends with 1", async () => {
  const project = new Project({ "mailbox.ts": mailbox });
  const running = project.start("run", "mailbox.ts", "--input", JSON.stringify(project.path("log.txt")), "--id", "m");
  await running.says(/waiting/);
  expect((await project.flowc("cancel", "m", "changed my mind")).code).toBe(0);
  const { code, stderr } = await running.ended;
  expect(stderr).toBe("error: run m was cancelled: changed my mind\n");
  expect(code).toBe(1);
  expect(readFileSync(project.path("log.txt"), "utf8")).toBe("begin\ncancelled: the run was cancelled: changed my mind\n");
});

test("a failed run keeps its place and goes on after retry", async () => {
  const project = new Project({ "fragile.ts": fragile });
  const file = project.path("door");
  const first = await project.flowc("run", "fragile.ts", "--input", JSON.stringify(file), "--id", "f");
  expect(first.stderr).toMatch(
    /^error: run f failed: StepError: .*there is no .*door, at fragile\.ts:5:\d+\nIt keeps its place: .*\n$/,
  );
  expect(first.code).toBe(1);

  const inspected = await project.flowc("inspect", "f");
  expect(inspected.stdout).toMatch(/^status +failed/m);
  expect(inspected.stdout).toMatch(/before +'kept'/);

  writeFileSync(file, "");
  expect((await project.flowc("retry", "f")).stdout).toBe("f is ready to go on\n");
  const again = await project.flowc("run", "fragile.ts", "--input", JSON.stringify(file), "--id", "f");
  expect(again.stdout).toContain("completed  'kept open'");
  expect(again.code).toBe(0);
});

test("runs lists them, newest first, and filters", async () => {
  const project = new Project({ "greet.mjs": await bundled(greet) });
  await project.flowc("run", "greet.mjs", "--input", '"a"', "--id", "first");
  await project.flowc("run", "greet.mjs", "--input", '"b"', "--id", "second", "--detach");
  const { stdout } = await project.flowc("runs");
  expect(stdout).toMatch(/^RUN +STATUS +WORKFLOW +CREATED +WAITS FOR\nsecond +ready .*\nfirst +completed +app.ts#greet .*\n$/);
  const json = jsonLines((await project.flowc("runs", "--status", "completed", "--json")).stdout);
  expect(json.map(({ id, status }) => ({ id, status }))).toEqual([{ id: "first", status: "completed" }]);
});

test("one worker advances the runs of several files", async () => {
  const project = new Project({ "greet.ts": greet, "wave.ts": greet.replaceAll("greet", "wave") });
  await project.flowc("run", "greet.ts", "--input", '"a"', "--id", "g", "--detach");
  await project.flowc("run", "wave.ts", "--input", '"b"', "--id", "w", "--detach");
  const { code, stdout } = await project.flowc("worker", "greet.ts", "wave.ts", "--drain");
  expect(stdout).toMatch(/^g {2}completed$/m);
  expect(stdout).toMatch(/^w {2}completed$/m);
  expect(code).toBe(0);
});

test("a worker says of each run what it waits for, although several wait for the same", async () => {
  const project = new Project({ "mailbox.mjs": await bundled(mailbox) });
  for (const id of ["a", "b"])
    await project.flowc("run", "mailbox.mjs", "--input", JSON.stringify(project.path(`${id}.txt`)), "--id", id, "--detach");
  const worker = project.start("worker", "mailbox.mjs");
  await worker.says(/^a +waiting +message on channel "word"$/m);
  await worker.says(/^b +waiting +message on channel "word"$/m);
  await worker.kill();
});

test("a worker that drains leaves runs of other programs alone", async () => {
  const project = new Project({ "greet.ts": greet, "wave.ts": greet.replaceAll("greet", "wave") });
  await project.flowc("run", "greet.ts", "--input", '"a"', "--id", "g", "--detach");
  await project.flowc("run", "wave.ts", "--input", '"b"', "--id", "w", "--detach");
  expect((await project.flowc("worker", "wave.ts", "--drain")).code).toBe(0);
  const { stdout } = await project.flowc("runs");
  expect(stdout).toMatch(/^w +completed/m);
  expect(stdout).toMatch(/^g +ready/m);
});

test("Ctrl-C leaves the run in the store and says how to go on", async () => {
  const project = new Project({ "mailbox.mjs": await bundled(mailbox) });
  const running = project.start("run", "mailbox.mjs", "--input", JSON.stringify(project.path("log.txt")), "--id", "m");
  await running.says(/waiting/);
  running.child.kill("SIGINT");
  const { code, stderr } = await running.ended;
  const input = `'${JSON.stringify(project.path("log.txt"))}'`;
  expect(stderr).toBe(`interrupted; the run is saved and goes on with: flowc run mailbox.mjs --input ${input} --id m\n`);
  expect(code).toBe(130);
});

const busy = `
import { setTimeout as wait } from "node:timers/promises";
import { step } from "flowc";
const brief = step(() => "over");
const long = step(async () => wait(400, "long"));
export function work(): string { return brief() + long(); }
`;

test("a Ctrl-C that arrives twice, as under npx, is one: running steps still end", async () => {
  const project = new Project({ "busy.ts": busy });
  const running = project.start("run", "busy.ts", "--id", "b");
  await running.says(/done +brief/);
  running.child.kill("SIGINT");
  await delay(50);
  running.child.kill("SIGINT");
  const { code, stderr } = await running.ended;
  expect(stderr).toMatch(/^interrupted; /);
  expect(code).toBe(130);
});

test("a run without an id is told by it when interrupted", async () => {
  const project = new Project({ "nap.ts": `import { sleep } from "flowc";\nexport function nap(): void { sleep("1 hour"); }\n` });
  const running = project.start("run", "nap.ts");
  await running.says(/waiting/);
  running.child.kill("SIGINT");
  const { stdout, stderr } = await running.ended;
  const id = /^run +(\S+)$/m.exec(stdout)?.[1];
  expect(stderr).toBe(`interrupted; the run is saved and goes on with: flowc run nap.ts --id ${id}\n`);
});

test("run says nothing of other runs that its worker advances", async () => {
  const project = new Project({ "greet.ts": greet });
  await project.flowc("run", "greet.ts", "--input", '"other"', "--id", "other", "--detach");
  const { stdout } = await project.flowc("run", "greet.ts", "--input", '"a"', "--id", "mine");
  expect(stdout.match(/^started/gm)).toHaveLength(1);
  expect(stdout).toMatch(/^completed +'hello A'$/m);
});

test("inspect --heap shows what takes the most, and which variable holds it", async () => {
  const project = new Project({
    "hoard.ts": `
import { channel } from "flowc";
const Go = channel<boolean>("go");
class Photo { constructor(readonly pixels: Uint8Array) {} }
export function hoard(): number {
  const album = Array.from({ length: 3 }, (_, i) => new Photo(new Uint8Array(40_000).fill(i)));
  const note = "x".repeat(5_000);
  Go.receive();
  return album.length + note.length;
}
`,
  });
  const running = project.start("run", "hoard.ts", "--id", "h");
  await running.says(/waiting/);
  await running.kill();
  const { code, stdout, stderr } = await project.flowc("inspect", "h", "--heap");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^The continuation takes 122\.\d KiB: \d+ objects\.$/m);
  expect(stdout).toMatch(/^ {2}117\.\d KiB +album +Array +10 objects +hoard at hoard\.ts:8/m);
  expect(stdout).toMatch(/^ {2}4\.9 KiB +note +string +0 objects/m);
  expect(stdout).toMatch(/^ {2}39\.\d KiB +album\[0\] +Photo +3 objects/m);
  expect(stdout).toMatch(/^ {2}117\.\d KiB +3 × ArrayBuffer$/m);
  const [data] = jsonLines((await project.flowc("inspect", "h", "--heap", "--json")).stdout);
  expect(data).toMatchObject({ heap: { variables: [{ path: "album", objects: 10 }, { path: "note" }] } });
  await project.flowc("send", "h", "go", "true");
  await project.flowc("worker", "hoard.ts", "--drain");
  expect((await project.flowc("inspect", "h", "--heap")).stdout).toContain("it holds nothing any more");
});
