// Order of evaluation: callee before arguments, key before value and converted once, constants and bindings that are not there yet.
const log = [];
const note = (x) => (log.push(x), x);
const key = (name) => ({ toString() { log.push("key " + name); return name; } });
const o = { get m() { log.push("get m"); return (...args) => args.length; } };
o.m(note(1), note(2));
assert.list(log.splice(0), "get m 1 2");
const made = { [(note("k"), key("x"))]: note("v"), [(note("l"), key("y"))]: note("w") };
assert.list(log.splice(0), "k key x v l key y w");
let n = 1;
assert.same(n + (n = 5) + n, 11, "operands are values");
const f = (a = note("default"), b = a) => a + b;
assert.same(f(), "defaultdefault", "defaults");
assert.list(log.splice(0), "default");
const nothing = null;
assert.same(nothing?.m(note("never")), undefined, "short circuit");
assert.list(log.splice(0), "");
assert.throws(TypeError, () => { const c = 1; c = note(2); });
assert.list(log.splice(0), "2");
assert.throws(ReferenceError, () => { const early = () => late; early(); let late = 1; });
assert.throws(ReferenceError, () => { const early = () => { late = 2; }; early(); let late = 1; });
const fs = [];
for (let i = 0; i < 3; i++) fs.push(() => i++);
assert.same(fs.map((each) => each()).join() + fs.map((each) => each()).join(), "0,1,21,2,3", "a binding for each round");
const tag = (strings) => strings;
const site = () => tag`a${1}b`;
assert.same(site(), site(), "one object for the site");
switch (1) { case 1: note("one"); case 2: note("two"); break; default: note("none"); }
assert.list(log.splice(0), "one two");
