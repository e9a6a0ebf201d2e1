/** Curried functions, lenses, transducers and dispatching methods. */
import * as R from "ramda";
import { attempt } from "../kit.mjs";

const TREE = {
  name: "root",
  children: [
    { name: "a", children: [{ name: "a1", children: [] }] },
    { name: "b", children: [] },
  ],
};

export default function main() {
  return {
    curried: curried(),
    lists: lists(),
    lenses: lenses(),
    transduced: transduced(),
    objects: objects(),
    logic: logic(),
    algebra: algebra(),
    equality: equality(),
    tree: tree(),
    errors: errors(),
  };
}

function curried() {
  const add3 = R.curry((a, b, c) => a + b * 10 + c * 100);
  return [
    add3(1)(2)(3),
    add3(R.__, 2)(1, 3),
    add3(R.__, R.__, 3)(1)(2),
    R.curryN(4, (...args) => args.join())(1)(2, 3)(4),
    R.flip(R.subtract)(1, 10),
    R.pipe(R.map(R.inc), R.filter(R.gt(R.__, 3)), R.sum)([1, 2, 3, 4]),
    R.compose(R.toUpper, R.join("-"), R.reverse)(["a", "b"]),
    R.converge(R.divide, [R.sum, R.length])([1, 2, 3, 4]),
    R.useWith(Math.pow, [R.dec, R.inc])(3, 4),
    R.juxt([Math.min, Math.max])(3, 4, 9),
    R.nthArg(-1)("a", "b"),
    R.memoizeWith(String, R.multiply(2))(21),
    R.unapply(R.identity)(1, 2),
    R.o(R.negate, R.add(1))(4),
  ];
}

function lists() {
  const xs = R.range(0, 12);
  return [
    R.splitEvery(5, xs),
    R.aperture(3, R.take(5, xs)),
    R.groupWith((a, b) => a % 3 < b % 3, xs),
    R.groupBy((x) => "even odd".split(" ")[x % 2], xs),
    R.partition((x) => x > 6, xs),
    R.sortWith([R.descend(R.modulo(R.__, 3)), R.ascend(R.identity)], xs),
    R.scan(R.add, 0, R.take(5, xs)),
    R.mapAccum((sum, x) => [sum + x, sum * x], 1, [1, 2, 3]),
    R.unfold((n) => (n > 50 ? false : [n, n * 2]), 1),
    R.xprod([1, 2], ["a", "b"]),
    R.zipWith(R.multiply, [1, 2], [3, 4]),
    R.insertAll(1, [8, 9], [1, 2]),
    R.transpose([[1, 2], [3], [4, 5, 6]]),
    R.uniqBy(Math.abs, [-1, 1, 2]),
    R.dropRepeatsWith(R.eqBy(Math.floor), [1.1, 1.9, 2]),
    R.reduceWhile((sum) => sum < 10, R.add, 0, xs),
    R.reduceBy((n) => n + 1, 0, R.modulo(R.__, 4), xs),
    R.intersperse("|", ["a", "b"]),
    R.move(0, -1, [1, 2, 3]),
    R.sequence(R.of(Array), [[1, 2], [3]]),
    R.collectBy(R.modulo(R.__, 2), xs),
  ];
}

function lenses() {
  const deep = R.lensPath(["a", 0, "b"]);
  const object = { a: [{ b: 1, c: 2 }], d: 3 };
  const both = R.compose(R.lensProp("a"), R.lensIndex(0), R.lensProp("c"));
  return [
    R.view(deep, object),
    R.set(deep, 9, object),
    R.over(both, R.multiply(7), object),
    object,
    R.assocPath(["x", 1, "y"], 1, {}),
    R.dissocPath(["a", 0, "b"], object),
    R.evolve({ d: R.inc, a: R.map(R.prop("c")) }, object),
    R.modifyPath(["a", 0, "c"], String, object),
  ];
}

function transduced() {
  const steps = R.compose(
    R.map(R.add(1)),
    R.filter((x) => x % 2 === 0),
    R.take(3),
  );
  return [
    R.into([], steps, R.range(0, 50)),
    R.into("", R.map(R.toUpper), "abc"),
    R.transduce(steps, R.flip(R.append), [], R.range(0, 50)),
    R.into(
      {},
      R.map((x) => ({ [x]: x })),
      [1, 2],
    ),
    R.sequence(R.of(Array), [[1], [2, 3]]),
  ];
}

function objects() {
  const a = { x: 1, y: { z: [1, 2] }, w: "w" };
  return [
    R.mergeDeepWith(R.concat, a, { y: { z: [3] } }),
    R.pick(["x", "q"], a),
    R.omit(["x"], a),
    R.pickBy((value, key) => key > "v" && typeof value !== "string", a),
    R.invertObj(R.pick(["x", "w"], a)),
    R.mapObjIndexed((value, key) => key + typeof value, a),
    R.toPairs(a),
    R.where({ x: R.equals(1), w: R.is(String) }, a),
    R.whereEq({ x: 2 }, a),
    R.project(["x"], [a, { x: 5 }]),
    R.renameKeys?.({ x: "X" }, a),
    R.pathOr("none", ["y", "q"], a),
    R.props(["w", "x"], a),
    R.forEachObjIndexed((value, key, all) => all[key] === value, a) === a,
    R.unwind("z", { z: [1, 2], k: 1 }),
  ];
}

function logic() {
  const sized = R.cond([
    [R.lt(R.__, 3), R.always("small")],
    [R.both(R.gte(R.__, 3), R.lt(R.__, 9)), (x) => `middle ${x}`],
    [R.T, R.always("large")],
  ]);
  return [
    [1, 5, 10].map(sized),
    R.ifElse(Array.isArray, R.length, R.toString)({ b: 1 }),
    R.unless(R.isNil, R.inc)(null),
    R.until(R.gt(R.__, 100), R.multiply(3))(2),
    R.allPass([R.has("a"), R.propEq(1, "a")])({ a: 1 }),
    R.anyPass([R.isEmpty, R.isNil])([]),
    R.complement(R.isNil)(0),
    R.tryCatch(() => R.nothing.at.all, R.always("caught"))(),
    R.defaultTo(4, NaN),
    R.xor(true, false),
  ];
}

/** Values whose own methods ramda calls. */
function algebra() {
  class Maybe {
    constructor(value) {
      this.value = value;
    }
    static "fantasy-land/of"(value) {
      return new Maybe(value);
    }
    "fantasy-land/map"(f) {
      return this.value === null ? this : new Maybe(f(this.value));
    }
    "fantasy-land/chain"(f) {
      return this.value === null ? this : f(this.value);
    }
    "fantasy-land/ap"(other) {
      return other["fantasy-land/chain"]((f) => this["fantasy-land/map"](f));
    }
    "fantasy-land/equals"(other) {
      return other instanceof Maybe && this.value === other.value;
    }
  }
  const half = (x) => new Maybe(x % 2 ? null : x / 2);
  return [
    R.map(R.inc, new Maybe(1)),
    R.chain(half, new Maybe(6)),
    R.pipeWith(R.chain)([half, half, half])(12),
    R.equals(new Maybe(1), new Maybe(1)),
    R.lift(R.add)([1, 2], [10, 20]),
    R.ap([R.inc, R.dec], [5]),
    R.composeWith((f, x) => (x === null ? x : f(x)))([R.inc, () => null])(1),
    R.map(R.inc, R.multiply(2))(10),
    R.reduced(3)["@@transducer/value"],
    R.andThen.length,
  ];
}

function equality() {
  const cyclic = () => R.tap((object) => (object.self = object), { a: 1 });
  return [
    [0, -0],
    [NaN, NaN],
    [
      [1, { a: 2 }],
      [1, { a: 2 }],
    ],
    [new Date(1), new Date(1)],
    [/a/g, /a/g],
    [new Map([[1, { a: 1 }]]), new Map([[1, { a: 1 }]])],
    [new Set([[1]]), new Set([[1]])],
    [cyclic(), cyclic()],
    [R.clone(TREE), TREE],
  ]
    .map(([a, b]) => R.equals(a, b))
    .concat([
      R.toString({ a: [1, new Date(0)], b: undefined, c: /x/, d: [NaN, -0], e: cyclic }).length,
      R.type(/x/),
      R.symmetricDifferenceWith(R.eqProps("a"), [{ a: 1 }], [{ a: 2 }]).length,
    ]);
}

function tree() {
  const depth = (node) => 1 + R.reduce(R.max, 0, R.map(depth, node.children));
  const names = (node) => [node.name, ...R.chain(names, node.children)];
  return [depth(TREE), names(TREE), R.countBy(R.length, names(TREE)), R.paths([["children", 0, "name"], ["name"]], TREE)];
}

function errors() {
  return [
    attempt(() => R.pipe()),
    attempt(() => R.curryN(-1, 2)),
    attempt(() => R.reduce(R.add, 0, 5)),
    attempt(() => R.invoker(1, "no")(1, {})),
    attempt(() => R.map(R.inc, null)),
    attempt(() => R.range("a", 2)),
    attempt(() => R.thunkify(5)),
  ];
}
