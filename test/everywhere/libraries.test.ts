/** What programs of the library corpus failed on, in small. */
import { expect, it } from "vitest";
import { compiled } from "./run.ts";
import { compare } from "./compare.ts";

const PROGRAMS: Record<string, string> = {
  "a parameter that a closure shares is kept over the pause at the start": `
    function edit(text, option) {
      text = option ? text : text + "!";
      return { get: () => text };
    }
    return edit("a").get();`,
  "a name in front of a property that is declared by assigning": `
    function wrap(exports, module) {
      const value = () => 1;
      exports = module.exports = {};
      exports.a = value();
      exports.b = value();
    }
    const module = {};
    wrap({}, module);
    return module.exports;`,
  "an async function shares the variables of its activation": `
    let n = 1;
    const later = async () => log("n", n);
    const tick = () => 0;
    n = 2;
    tick();
    n = 3;
    later();`,
  "a function is created before one that is called earlier and uses it": `
    const first = next();
    function peek() { return 1; }
    function next() { return peek(); }
    return first;`,
  "a method and an async function of a loop capture their own round": `
    const made = [];
    const tick = () => 0;
    for (const kind of [1, 2]) {
      const list = [kind];
      tick();
      made.push({ method() { return list[0]; } }.method, async () => log("list", list[0]));
    }
    return made.map((each) => [each.name, typeof each()]);`,
  "an async function that nothing names has no name": `
    return [(async () => 1).name, { ["a" + 1]: async () => 1 }.a1.name];`,
  "a long table of numbers": `
    return [${Array.from({ length: 2000 }, () => -1).join()}].length + (() => 0)();`,
  "an async function is hoisted before those it calls": `
    const get = () => first;
    async function first(x) { return second(x); }
    async function second(x) { return x; }
    return typeof get();`,
};

it.each(Object.entries(PROGRAMS))("%s", async (_, text) => {
  const { suspensions, difference } = await compare(text, ["never", "always"]);
  expect(difference).toBeUndefined();
  expect(suspensions).toBeGreaterThan(0);
});

it("a global that emitted code would shadow is refused", () => {
  expect(() => compiled("$apply(1);")).toThrow(/FLOW1007/);
});
