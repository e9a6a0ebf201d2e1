/** `resource`: things that are open in one process at a time. */
import { inspect } from "node:util";
import { beforeEach, expect, test } from "vitest";
import { open, resource, sleep, step, type Flow, type Resource } from "../../src/index.js";
import { decode, encode } from "../../src/runtime/codec/index.js";
import { memory } from "../../src/runtime/store/memory.js";
import { registerValue } from "../../src/runtime/registry.js";
import { closure, codec, done, fn, World } from "./kit.js";

let log: string[] = [];
let serial = 0;
beforeEach(() => {
  log = [];
  serial = 0;
});

class Thing {
  readonly id = ++serial;
  isOpen = true;
  readonly #name: string;
  constructor(name: string) {
    this.#name = name;
    log.push(`open ${this.#name}`);
  }
  say(what: string): void {
    log.push(`${this.isOpen ? what : "CLOSED"} ${this.#name}`);
  }
  close(): void {
    this.isOpen = false;
    log.push(`close ${this.#name}`);
  }
}

const opener = closure("opener", [({ name }) => done(new Thing(name as string))], { captures: ["name"] });
const closer = closure("closer", [], { captures: [] });
/** What a module keeps in a constant is saved by reference. */
const registered = <T extends object>(name: string, constant: T): T => {
  registerValue(`test/program.ts#${name}`, constant);
  return constant;
};
const made = (name: string): Resource<Thing> => resource(opener(name) as () => Thing, { close: (thing) => thing.close() });
const value = (held: unknown): Thing => (held as Resource<Thing>).value;

function setup(): { world: World; flow: Flow } {
  const world = new World();
  return { world, flow: open({ store: memory(), ports: world.ports }) };
}

test("opened by the first use, and again by the first one after the run was parked", async () => {
  const { world, flow } = setup();
  const workflow = fn("parks", [
    (vars) => void (vars.both = [(vars.thing = resource(opener("db") as () => Thing)), vars.thing]),
    () => sleep("2 seconds"),
    ({ thing }) => value(thing).say("first"),
    () => sleep("2 seconds"),
    ({ both }) => {
      const [one, two] = both as Resource<Thing>[];
      value(one).say("second");
      log.push(String(one === two && one!.value === two!.value));
    },
  ]);
  await flow.worker();
  const run = await flow.start(workflow, []);
  await world.settle();
  expect(log).toEqual([]);
  await world.pass(2_000);
  expect(log).toEqual(["open db", "first db"]);
  await world.pass(2_000);
  await run.result();
  expect(log).toEqual(["open db", "first db", "open db", "second db", "true"]);
  await flow.close();
});

test("stays open while the run stays in memory, and is closed when it ends, fails or the worker stops", async () => {
  const { world, flow } = setup();
  const nothing = step(() => undefined, { name: "resource.nothing" });
  const use = (end: () => unknown) => [
    (vars: Record<string, unknown>) => void (vars.thing = kept),
    ({ thing }: Record<string, unknown>) => value(thing).say("a"),
    () => nothing(),
    () => sleep(10),
    ({ thing }: Record<string, unknown>) => value(thing).say("b"),
    end,
  ];
  const kept = registered("kept", made("kept"));
  await flow.worker();
  const run = await flow.start(
    fn(
      "ends",
      use(() => 1),
    ),
    [],
  );
  await world.pass(20);
  await run.result();
  expect(log).toEqual(["open kept", "a kept", "b kept", "close kept"]);

  log = [];
  const failing = await flow.start(fn("fails", use(() => { throw new Error("x"); })), []); // prettier-ignore
  await world.pass(20);
  await expect(failing.result()).rejects.toThrow("x");
  expect(log.at(-1)).toBe("close kept");

  log = [];
  await flow.start(fn("waits", [() => value(kept).say("a"), () => sleep(500)]), []);
  await world.settle();
  expect(log).toEqual(["open kept", "a kept"]);
  await flow.close();
  expect(log.at(-1)).toBe("close kept");
});

test("two runs that share one close it when the last lets go", async () => {
  const { world, flow } = setup();
  const shared = registered("shared", made("shared"));
  const using = (name: string, pause: number): ((...args: unknown[]) => unknown) =>
    fn(name, [() => value(shared).say(name), () => sleep(pause), () => value(shared).say(name)]);
  await flow.worker();
  await flow.start(using("short", 100), []);
  await flow.start(using("long", 300), []);
  await world.pass(200);
  expect(log).toEqual(["open shared", "short shared", "long shared", "short shared"]);
  await world.pass(200);
  expect(log.slice(4)).toEqual(["long shared", "close shared"]);
  await flow.close();
});

test("an error of the opener surfaces at the use, and the next use tries again", async () => {
  const { world, flow } = setup();
  let attempts = 0;
  const flaky = closure(
    "flaky",
    [
      () => {
        if (++attempts === 1) throw new Error("refused");
        return done(new Thing("flaky"));
      },
    ],
    { captures: [] },
  );
  const workflow = fn(
    "opens",
    [
      (vars) => void (vars.thing = resource(flaky() as () => Thing)),
      ({ thing }) => value(thing).say("never"),
      (_vars, error) => log.push((error as Error).message),
      ({ thing }) => value(thing).say("later"),
    ],
    { catches: { 1: 2 } },
  );
  await flow.worker();
  await (await flow.start(workflow, [])).result();
  await world.settle();
  expect(log).toEqual(["refused", "open flaky", "later flaky"]);
  await flow.close();
});

test("a close that throws is told to the operator and harms nobody", async () => {
  const { world, flow } = setup();
  const bad = registered("bad", resource(() => 1, { close: () => { throw new Error("stuck"); } })); // prettier-ignore
  await flow.worker();
  const run = await flow.start(fn("bad", [() => value(bad)]), []);
  expect(await run.result()).toBeUndefined();
  await world.settle();
  expect(world.warnings).toEqual(["a resource could not be closed"]);
  await flow.close();
});

test("a step opens and closes its own, and may wait for an opener that answers a promise", async () => {
  const { world, flow } = setup();
  const later = registered(
    "later",
    resource(async () => new Thing("later"), { close: (thing) => thing.close() }),
  );
  const use = step(
    async (held: Resource<Promise<Thing>>): Promise<string> => {
      (await held.value).say("in step");
      expect(held.isOpen).toBe(true);
      return "done";
    },
    { name: "resource.use" },
  );
  const workflow = fn(
    "steps",
    [
      () => use(later),
      (vars, answer) => void (vars.answer = answer),
      () => later.value,
      (vars, error) => `${String(vars.answer)}, ${(error as Error).message}`,
      (_vars, text) => void log.push(text as string),
    ],
    { catches: { 2: 3 } },
  );
  await flow.worker();
  await (await flow.start(workflow, [])).result();
  await world.settle();
  expect(log.slice(0, 3)).toEqual(["open later", "in step later", "close later"]);
  expect(log.slice(3).sort()).toEqual([
    "close later",
    expect.stringMatching(/^done, resource: its opener answers a promise/),
    "open later",
  ]);
  await flow.close();
});

test("outside workflow code and steps nobody would close it", () => {
  expect(() => made("x").value).toThrow(/in workflow code and in the bodies of steps/);
  expect(log).toEqual([]);
});

test("what is saved is how to open it; it shows as open or closed", () => {
  const one = resource(opener("saved"), { close: closer() });
  const back = decode(encode([one, one])) as Resource<Thing>[];
  expect(back[0]).toBe(back[1]);
  expect(back[0]).not.toBe(one);
  expect(inspect({ one })).toBe("{ one: Resource (closed) }");
  expect(() => codec.encode(resource(() => 1))).toThrow(/`value\.open` cannot be saved: it is a function that was not compiled/);
});

test("bad arguments", () => {
  expect(() => resource(1 as never)).toThrow(/takes a function that opens/);
  expect(() => resource(() => 1, { close: 1 as never })).toThrow(/close is a function/);
});
