// The key of an operation that reads and writes is converted once (ECMA-262 6.2.5.5). V8 does it twice.
const log = [];
const note = (x) => (log.push(x), x);
const key = (name) => ({ toString() { log.push("key " + name); return name; } });
const o = { x: 1, y: null };
o[key("x")] += note(2);
assert.list(log.splice(0), "key x 2");
o[key("x")]++;
assert.list(log.splice(0), "key x");
o[key("y")] ??= note("set");
assert.list(log.splice(0), "key y set");
assert.same(o.x + o.y, "4set", "values");
