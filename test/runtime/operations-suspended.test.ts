/** Compiled programs whose getters, setters, conversions, iterators and traps suspend when the library enters them: as if they had not (I1). */
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { compare } from "../fuzz/compare.ts";
import { describe as show } from "../fuzz/report.ts";

const dist = path.resolve(import.meta.dirname, "../../dist/runtime");
const FILES = ["property", "conversion", "operators", "iteration", "copy", "call", "internal"];

/** A program of the given body; `head` makes what cannot be saved and is kept in the module; `ops` has all operations, and what is called through it is not known to the compiler. */
function program(name: string, body: string, head = ""): { name: string; text: string } {
  const url = (file: string): string => JSON.stringify(pathToFileURL(path.join(dist, file)).href);
  const imports = FILES.map((file) => `// @ts-ignore\nimport * as ${file} from ${url(`lib/operations/${file}.js`)};`).join("\n");
  return {
    name,
    text: `${imports}
// @ts-ignore
import * as proxies from ${url("proxies.js")};
import { hit, log, fail } from "../kit.js";
const ops: any = { ...proxies, ${FILES.map((file) => `...${file}`).join(", ")} };
const getter = (get: () => unknown, set?: (value: unknown) => void): any => Object.defineProperty({}, "a", { get, set, enumerable: true, configurable: true });
function caught(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return \`\${(error as Error).name}: \${(error as Error).message}\`;
  }
}
${head}
export function main(): unknown {
${body}
}
void [hit, log, fail, getter, caught];
`,
  };
}

const COUNTING = `
  const source: any = {
    [Symbol.iterator]: () => {
      let at = 0;
      const result = Object.defineProperty(getter(() => hit(at)), "done", { get: () => hit(at > 3) });
      Object.defineProperty(result, "value", { get: () => hit(at * 10) });
      return hit({ next() { at = hit(at + 1); return result; }, return() { hit("return"); return {}; } });
    },
  };`;

const PROGRAMS = [
  program(
    "get",
    `const o = getter(() => hit(5)); return [ops.get(o, "a"), ops.get(Object.create(o), { toString: () => hit("a") }), caught(() => ops.get(getter(() => fail("x")), "a"))];`,
  ),
  program(
    "set",
    `let seen: unknown; const o = getter(() => 1, (v) => { seen = hit(v); }); return [ops.set(o, "a", 3), seen, caught(() => ops.set(Object.freeze({ b: 1 }), { toString: () => hit("b") }, 1))];`,
  ),
  program(
    "lengths",
    `const list: unknown[] = [1, 2, 3]; ops.set(list, "length", { valueOf: () => hit(1) }); const bytes = new Uint8Array(2); ops.set(bytes, 0, { valueOf: () => hit(7) }); return [list, bytes[0]];`,
  ),
  program("has", `return [ops.has({ toString: () => hit("a") }, { a: 1 }), ops.remove({ a: 1 }, { toString: () => hit("a") })];`),
  program(
    "operators",
    `const n = (v: unknown) => ({ valueOf: () => hit(v) }); return ["+", "-", "*", "<", ">=", "==", "!="].map((op) => [ops.binary(op, n(3), n(4)), ops.binary(op, n(3), 3), ops.binary(op, "3", n(3))]);`,
  ),
  program(
    "unary",
    `const n = { [Symbol.toPrimitive]: (hint: string) => hit(hint === "number" ? 4 : hint) }; return [ops.unary("-", n), ops.unary("~", n), ops.numeric(n), ops.toStr(n), ops.toLength(n), caught(() => ops.toStr({ toString: () => hit({}), valueOf: () => fail("v") }))];`,
  ),
  program(
    "instanceof",
    `const C: any = { [Symbol.hasInstance]: (v: unknown) => hit(v === 1) }; return [ops.instanceOf(1, C), ops.instanceOf(2, C), caught(() => ops.instanceOf([], F))];`,
    `const F: any = Object.defineProperty(() => 1, "prototype", { get: () => hit(Array.prototype) });`,
  ),
  program("items", `${COUNTING} return ops.items(source);`),
  program(
    "rest",
    `${COUNTING} const record = ops.open(source); const first = ops.step(record) ? record.value : undefined; return [first, ops.rest(record), record.done];`,
  ),
  program(
    "close",
    `${COUNTING} const record = ops.open(source); ops.step(record); ops.close(record); const other = ops.open(source); ops.closeQuietly(other); return [record.done, other.done];`,
  ),
  program(
    "broken",
    `const source = { [Symbol.iterator]: () => ({ next: () => fail("next") }) }; const record = ops.open(source); const text = caught(() => ops.step(record)); return [text, record.done];`,
  ),
  program(
    "quietly",
    `const source = { [Symbol.iterator]: () => ({ next: () => 1, return: () => fail("return") }) }; const record = ops.open(source); ops.closeQuietly(record); return [record.done, caught(() => ops.close(ops.open(source)))];`,
  ),
  program(
    "array",
    `const list: any = [1, 2, 3]; Object.defineProperty(list, 1, { get: () => { list.push(9); return hit(7); } }); return ops.items(list);`,
  ),
  program(
    "map",
    `const map = new Map([[1, 2], [3, 4]]); const record = ops.open(map); ops.step(record); hit(1); return ops.rest(record);`,
  ),
  program(
    "copy",
    `const source = Object.defineProperty(getter(() => hit(1)), "b", { get: () => hit(2), enumerable: true }); return [ops.copyProperties({}, source, []), ops.copyProperties({}, source, ["a"])];`,
  ),
  program(
    "traps",
    `return [ops.get(p, "a"), ops.get(Object.create(p), "a"), ops.set(p, "b", 2), target.b, ops.has("zz", p), ops.has("a", p), caught(() => ops.remove(p, "a")), ops.ownKeys(p), ops.copyProperties({}, p, []), ops.ownProperty(p, "q"), ops.extensible(p), ops.preventExtensions(p), ops.setPrototype(p, null), ops.define(p, "x", 1)];`,
    `const names: any = { get: (...args: any[]) => hit(Reflect.get(args[0], args[1])), set: (...args: any[]) => hit(Reflect.set(args[0], args[1], args[2])), has: (...args: any[]) => hit(args[1] === "zz"), deleteProperty: () => hit(false), getOwnPropertyDescriptor: () => hit({ get value() { return 4; }, enumerable: hit(true), configurable: true }), ownKeys: () => hit(["k", "l"]), isExtensible: () => hit(true), preventExtensions: () => hit(false), setPrototypeOf: () => hit(true), defineProperty: () => hit(true) }; const target: any = { a: 1 }; const p = ops.constructProxy(target, names);`,
  ),
  program(
    "super",
    `const home = Object.create(getter(() => hit(1), (v) => { hit(v); })); return [ops.getSuper(home, { toString: () => hit("a") }, {}), ops.setSuper(home, { toString: () => hit("a") }, 6, {})];`,
  ),
  program("invoke", `return ops.callMethod({ f: (a: number, b: number) => hit(a + b) }, { toString: () => hit("f") }, [1, 2]);`),
];

test("what suspends in the middle of an operation goes on there", () => {
  const { equal, findings, rejected } = compare(PROGRAMS);
  expect([...rejected].map(([name, { text }]) => `${name}: ${text}`)).toEqual([]);
  expect(findings.map(show)).toEqual([]);
  expect(equal).toBe(PROGRAMS.length);
}, 120_000);
