/** What generated programs call besides the language. Only what a program names is put in front of it, and is compiled with it. */

const HELPERS: readonly (readonly [name: string, text: string])[] = [
  ["sym", `const sym = Symbol("sym");`],
  ["prim", `function prim(t, v) { return { [Symbol.toPrimitive](hint) { log(t, hint); return v; } }; }`],
  [
    "old",
    `function old(t, v) { return { get valueOf() { log(t, "get valueOf"); return () => log(t, v); }, toString() { log(t, "toString"); return v; } }; }`,
  ],
  [
    "iter",
    `function iter(t, n, how) {
  let i = 0;
  const it = {
    [Symbol.iterator]() { log(t, "open"); return this; },
    get next() { log(t, "get next"); return (v) => { log(t, v); return i < n ? { get done() { return log(t, false); }, value: i++ } : { done: true, value: "end" }; }; },
    return(v) { log(t, "return"); log(t, v); if (how === "throws") throw "return " + t; return how === "number" ? 1 : { done: true, value: v }; },
    throw(e) { log(t, "throw"); return { done: true, value: e }; },
  };
  if (how === "none") it.return = it.throw = undefined;
  return it;
}`,
  ],
  [
    "obj",
    `function obj(t) {
  let p = t;
  return { get p() { return log(t, p); }, set p(v) { log(t, "set"); p = v; }, q: undefined, m(...a) { log(t, a); return this; }, n: null };
}`,
  ],
  [
    "proxy",
    `function proxy(t, target) {
  const trap = (name) => (...a) => { log(t, name); return Reflect[name](...a); };
  return new Proxy(target, { get: trap("get"), set: trap("set"), has: trap("has"), deleteProperty: trap("deleteProperty"), ownKeys: trap("ownKeys"), getOwnPropertyDescriptor: trap("getOwnPropertyDescriptor"), defineProperty: trap("defineProperty"), getPrototypeOf: trap("getPrototypeOf") });
}`,
  ],
  [
    "pump",
    `function pump(t, it, plan) {
  for (const s of plan) try { log(t, s === "n" ? it.next(s) : s === "r" ? it.return(s) : it.throw(s)); } catch (e) { log(t, e); }
  return it;
}`,
  ],
  [
    "tag",
    `function tag(strings, ...values) { identify(strings); log("tag", strings.raw); log("tag", values); return values[0]; }`,
  ],
  ["each", `function each(t, f) { for (const v of [1, undefined]) log(t, f(v)); return f; }`],
  [
    "Base",
    `class Base {
  p = log("Base.p", 1);
  constructor(...a) { log("Base", a); log("target", new.target); if (a[0] === 3) return { other: true }; }
  m(x) { log("Base.m", this); return x; }
  get q() { return log("Base.q", 2); }
  set q(v) { log("Base.q=", v); }
  static s = log("Base.s", 3);
  static m() { return log("Base static m", this); }
}`,
  ],
];

/** The program with the helpers it names. */
export function withHelpers(text: string): string {
  const used = HELPERS.filter(([name]) => new RegExp(`\\b${name}\\b`).test(text));
  return [...used.map(([, helper]) => helper), text].join("\n");
}
