// A completion that a finally block replaces is gone for good (ECMA-262 14.15.3).
function discarded() {
  const seen = [];
  for (let i = 0; i < 4; i++) {
    try {
      if (i === 0) return "returned";
      if (i === 1) throw new Error("thrown");
      seen.push(i);
    } finally {
      seen.push("f" + i);
      if (i < 2) continue;
    }
    seen.push("after" + i);
  }
  return seen.join(" ");
}
assert.same(discarded(), "f0 f1 2 f2 after2 3 f3 after3", "stale completion");
function nested(n) {
  const seen = [];
  const result = (() => {
    a: for (const x of [1, 2]) {
      try { try { if (n === 0) break a; if (n === 1) continue a; if (n === 2) return "r" + x; throw n; } finally { seen.push("in" + x); } }
      catch (e) { seen.push("caught" + e); }
      finally { seen.push("out" + x); if (n === 2 && x === 1) continue; }
      seen.push("end" + x);
    }
    return "done";
  })();
  return seen.join(" ") + " " + result;
}
assert.same(nested(0), "in1 out1 done", "break");
assert.same(nested(1), "in1 out1 in2 out2 done", "continue");
assert.same(nested(2), "in1 out1 in2 out2 r2", "return");
assert.same(nested(3), "in1 caught3 out1 end1 in2 caught3 out2 end2 done", "throw");
let e = "outer";
try { throw "inner"; } catch (e) { assert.same(e, "inner", "catch parameter"); e = "changed"; }
assert.same(e, "outer", "the name outside");
