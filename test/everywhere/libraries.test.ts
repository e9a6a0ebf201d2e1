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
