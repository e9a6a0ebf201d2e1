/** Collections, functions, paths, clones and chains. */
import _ from "lodash-es";
import { attempt } from "../kit.mjs";

const USERS = [
  { name: "barney", age: 36, tags: ["x"], address: { city: "Bedrock" } },
  { name: "fred", age: 40, tags: [], address: { city: "Rockville" } },
  { name: "pebbles", age: 1, tags: ["x", "y"], address: null },
  { name: "wilma", age: 36, tags: ["z"], address: { city: "Bedrock" } },
];

export default function main() {
  return {
    collections: collections(),
    paths: paths(),
    functions: functions(),
    strings: strings(),
    cloned: cloned(),
    compared: compared(),
    chained: chained(),
    templates: templates(),
    sets: sets(),
    errors: errors(),
  };
}

function collections() {
  return [
    _.groupBy(USERS, "address.city"),
    _.countBy(USERS, (user) => user.age > 30),
    _.keyBy(USERS, "name").fred.age,
    _.orderBy(USERS, ["age", "name"], ["desc", "asc"]).map((user) => user.name),
    _.sortBy(USERS, [(user) => user.tags.length, "name"]).map((user) => user.name),
    _.partition(USERS, { age: 36 }).map((list) => list.length),
    _.reduceRight([[1], [2, [3]]], (sum, list) => sum.concat(list), []),
    _.flatMapDeep([1, 2], (n) => [[n, [n * 2]]]),
    _.find(USERS, ["name", "wilma"]).age,
    _.every(USERS, "name"),
    _.invokeMap(
      [
        [3, 1, 2],
        [9, 8],
      ],
      "sort",
    ),
    _.transform({ a: 1, b: 2, c: 1 }, (result, value, key) => void (result[value] ||= []).push(key), {}),
    _.mapValues(_.pickBy({ a: 1, b: null, c: 3 }, _.isNumber), (value) => value * 2),
  ];
}

function paths() {
  const object = { a: [{ b: { c: 3 } }], "x.y": 1 };
  _.set(object, "a[1].d[0]", "made");
  _.update(object, ["a", 0, "b", "c"], (value) => value ** 2);
  _.setWith(object, "[0][1]", "s", Object);
  return [
    _.get(object, "a[0].b.c"),
    _.get(object, "x.y"),
    _.get(object, "no.where", "default"),
    _.has(object, "a[1].d"),
    _.unset(object, "a[0].b"),
    _.at(object, ["a[1]", "x.y"]),
    _.toPath("a[0].b['c.d']"),
    _.defaultsDeep({ a: { b: 2 } }, { a: { b: 1, c: 3 } }),
    _.merge({ a: [{ b: 1 }, 2] }, { a: [{ c: 3 }, undefined, 4] }),
    _.mergeWith({ a: [1] }, { a: [2] }, (to, from) => (_.isArray(to) ? to.concat(from) : undefined)),
    object,
  ];
}

function functions() {
  const calls = [];
  const memo = _.memoize((n) => (calls.push(n), n * 2));
  const once = _.once(() => calls.push("once"));
  const curried = _.curry((a, b, c) => [a, b, c].join());
  const partial = _.partialRight((...args) => args.join("-"), _.partialRight.placeholder, "end");
  once();
  once();
  return [
    memo(1),
    memo(1),
    memo(2),
    curried(1)(2)(3),
    curried(1, 2)(3),
    curried(_, 2)(1, 3),
    partial("start"),
    _.flow([_.head, _.toUpper, (text) => `${text}!`])(["hi", "x"]),
    _.over([Math.min, Math.max])(3, 1, 2),
    _.overEvery([_.isNumber, _.isFinite])(Infinity),
    _.rearg((...args) => args.join(), [2, 0, 1])("a", "b", "c"),
    _.cond([
      [_.matches({ a: 1 }), _.constant("one")],
      [_.stubTrue, _.constant("other")],
    ])({ a: 1, b: 2 }),
    _.spread(Math.max)([1, 5, 2]),
    _.after(2, () => "late")(),
    _.times(3, _.partial(_.add, 10)),
    _.bindKey({ greet: (name) => `hi ${name}` }, "greet")("you"),
    calls,
  ];
}

function strings() {
  return [
    ..."camelCase kebabCase snakeCase startCase upperFirst deburr escape trim"
      .split(" ")
      .map((name) => _[name](" déjà Vu & fooBar__baz-42 ")),
    _.words("fred, barney & pebblesXMLHttp"),
    _.truncate("hi-diddly-ho there, neighborino", { length: 24, separator: /,? +/ }),
    _.padStart("7", 3, "0"),
    _.unescape("&lt;&amp;"),
    _.split("á-b-👍🏽", ""),
    _.size("👍🏽a"),
    _.repeat("ab", 3),
  ];
}

function cloned() {
  const original = {
    date: new Date(0),
    map: new Map([["k", { v: 1 }]]),
    set: new Set([1]),
    re: /x/gi,
    typed: new Uint8Array([1, 2]),
    [Symbol("s")]: 1,
    list: [1, , 3],
  };
  original.self = original;
  const copy = _.cloneDeep(original);
  const custom = _.cloneDeepWith({ a: { b: 1 } }, (value) => (_.isNumber(value) ? value + 1 : undefined));
  return [
    copy.self === copy,
    copy.map.get("k") !== original.map.get("k"),
    +copy.date,
    String(copy.re),
    [...copy.typed],
    Object.getOwnPropertySymbols(copy).length,
    1 in copy.list,
    _.isEqual(_.omit(copy, "self"), _.omit(original, "self")),
    custom,
  ];
}

function compared() {
  const pairs = [
    [
      [1, [2]],
      [1, [2]],
    ],
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [new Map([[{ k: 1 }, 1]]), new Map([[{ k: 1 }, 1]])],
    [new Set([[1]]), new Set([[1]])],
    [NaN, NaN],
    [0, -0],
    [/a/g, /a/i],
    [Object(1), 1],
    [new Error("a"), new Error("a")],
    [[1, undefined], [1]],
  ];
  return [
    pairs.map(([a, b]) => _.isEqual(a, b)),
    _.isEqualWith("Hello", "hello", (a, b) => (_.isString(a) ? a.toLowerCase() === b.toLowerCase() : undefined)),
    _.isMatch(USERS[0], { address: { city: "Bedrock" } }),
  ];
}

function chained() {
  const lazy = _(_.range(1, 300))
    .filter((n) => n % 3 === 0)
    .map((n) => n * n)
    .reverse()
    .take(4);
  const explicit = _.chain(USERS)
    .filter("tags.length")
    .map("name")
    .tap((names) => void names.push("extra"))
    .thru((names) => names.join("+"))
    .value();
  return [lazy.value(), [...lazy.take(2)], explicit, _(USERS).sumBy("age"), _([3, 1]).push(2).sort().value()];
}

function templates() {
  return [
    _.template("hello <%= user %>!")({ user: "fred" }),
    _.template("<% _.forEach(list, function(x) { %><li><%- x %></li><% }) %>")({ list: ["<a>", "b"] }),
  ];
}

function sets() {
  return [
    _.unionBy([2.1], [1.2, 2.3], Math.floor),
    _.xorWith([{ x: 1 }], [{ x: 1 }, { y: 2 }], _.isEqual),
    _.differenceBy([{ x: 2 }, { x: 1 }], [{ x: 1 }], "x"),
    _.intersection([2, 1], [4, 2], [1, 2]),
    _.uniqWith([{ a: 1 }, { a: 1 }], _.isEqual),
    _.zipObjectDeep(["a.b[0].c", "a.b[1].d"], [1, 2]),
    _.chunk(_.range(7), 3),
    _.sortedIndexBy([{ x: 4 }, { x: 5 }], { x: 4.5 }, "x"),
    _.pullAllBy([{ x: 1 }, { x: 2 }], [{ x: 1 }], "x"),
    _.zipWith([1, 2], [10, 20], (a, b) => a + b),
    _.unzip([
      ["a", 1],
      ["b", 2],
    ]),
  ];
}

function errors() {
  return [
    attempt(() => _.debounce("no")),
    attempt(() => _.template("<%= missing %>")({})),
    _.isError(_.attempt(() => JSON.parse("{"))),
    attempt(() =>
      _.chain([1])
        .map(() => _.nothing.here)
        .value(),
    ),
    attempt(() => _.memoize(1)),
    _.result({ f: _.constant(1) }, "f"),
    _.invoke({ a: { b: (x) => x + 1 } }, "a.b", 4),
  ];
}
