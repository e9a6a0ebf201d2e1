// Generator objects (ECMA-262 27.5): what is sent arrives, return() runs finally blocks, yield* hands results on as they are.
const log = [];
function* g(start = (log.push("start"), 1)) {
  try { const x = yield start; log.push("got " + x); try { yield 2; } catch (e) { log.push("caught " + e); } }
  finally { log.push("finally"); yield "last"; }
}
const first = g();
assert.list(log.splice(0), "start");
assert.same(first.next().value, 1, "first");
assert.same(first.next("sent").value, 2, "second");
assert.same(first.throw("thrown").value, "last", "thrown");
assert.list(log.splice(0), "got sent caught thrown finally");
const second = g(5);
assert.same(second.next().value, 5, "given");
assert.same(second.return("r").value, "last", "finally yields");
const end = second.next();
assert.same(end.value + String(end.done), "rtrue", "then returns");
assert.list(log.splice(0), "finally");
const raw = { value: "raw", done: false, extra: 1 };
const inner = { [Symbol.iterator]: () => inner, next: (x) => (log.push(x), raw), return: (x) => (log.push("return " + x), { value: "closed", done: true }) };
function* h() { yield* inner; }
const third = h();
assert.same(third.next("ignored"), raw, "the very result");
assert.same(third.next("passed"), raw, "and again");
assert.same(third.return("out").value, "closed", "return is passed on");
assert.same(log.map(String).join(" "), "undefined passed return out", "order");
