// Class elements, private members and derived constructors (ECMA-262 15.7, 7.3.26 to 7.3.31, 10.2.2).
const log = [];
const note = (x) => (log.push(x), x);
class A {
  a = note("a");
  static s() { return "A.s " + this.n; }
  constructor() { note("A"); }
  m() { return "A.m"; }
}
class B extends A {
  b = note("b " + this.a);
  #p = note("p");
  #q() { return "q" + this.#p; }
  static n = 1;
  static s() { return "B.s " + super.s(); }
  constructor() { note("before"); super(); note("after"); }
  m() { return super.m() + this.#q(); }
  static q(o) { return o.#q(); }
  static has(o) { return #p in o; }
}
const b = new B();
assert.list(log.splice(0), "before a A b a p after");
assert.same(b.m(), "A.mqp", "super and private");
assert.same(B.s(), "B.s A.s 1", "super of a static method");
assert.throws(TypeError, () => B.q({}));
assert.same(B.has({}), false, "brand");
class Early extends A { constructor() { this.x = 1; super(); } }
assert.throws(ReferenceError, () => new Early());
class Odd extends A { constructor() { super(); try { return 1; } catch { return {}; } } }
assert.throws(TypeError, () => new Odd());
class Twice extends A { t = note("t"); constructor() { super(); log.length = 0; try { super(); } catch (e) { note(e.constructor.name); } } }
new Twice();
assert.list(log.splice(0), "a A ReferenceError");
