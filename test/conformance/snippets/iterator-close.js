// IteratorClose (ECMA-262 7.4.11): once, on every way out that is not the iterator's own, and what it throws loses against a throw.
const log = [];
function source(values, onReturn = () => ({})) {
  let at = 0;
  return {
    [Symbol.iterator]() { return this; },
    next() { log.push("next"); return at < values.length ? { value: values[at++], done: false } : { value: undefined, done: true }; },
    return() { log.push("return"); return onReturn(); },
  };
}
for (const x of source([1])) log.push(x);
assert.list(log.splice(0), "next 1 next");
for (const x of source([1, 2])) { log.push(x); break; }
assert.list(log.splice(0), "next 1 return");
(() => { for (const x of source([1, 2])) return x; })();
assert.list(log.splice(0), "next return");
outer: for (const a of source([1, 2])) for (const b of source([3])) { log.push(a, b); continue outer; }
assert.list(log.splice(0), "next next 1 3 return next next 2 3 return next");
assert.throws(RangeError, () => { for (const x of source([1], () => { throw new TypeError(); })) throw new RangeError(String(x)); });
assert.list(log.splice(0), "next return");
assert.throws(TypeError, () => { for (const x of source([1], () => 1)) break; });
assert.list(log.splice(0), "next return");
assert.throws(EvalError, () => { for (const x of { [Symbol.iterator]: () => ({ next() { throw new EvalError(); }, return() { log.push("closed"); return {}; } }) }) log.push(x); });
assert.list(log.splice(0), "");
const [a] = source([1, 2]);
const [b, c] = source([1]);
const [...d] = source([1]);
assert.list(log.splice(0), "next return next next next next");
assert.same(String([a, b, c, d]), "1,1,,1", "values");
