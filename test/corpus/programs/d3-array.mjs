/** Statistics, grouping, bins and sets over generated numbers. */
import * as d3 from "d3-array";
import { attempt, numbers } from "../kit.mjs";

export default function main() {
  const random = numbers(5);
  const values = Array.from({ length: 80 }, () => Math.round(random() * 1000) / 10);
  const rows = values.map((value, index) => ({ id: index, kind: "abc"[index % 3], size: index % 2 ? "big" : "small", value }));
  return {
    statistics: statistics(values),
    order: order(rows, random),
    groups: groups(rows),
    bins: bins(values),
    sets: sets(),
    iterated: iterated(values),
    matrices: [
      d3.transpose([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
      d3.zip("ab", "xyz"),
      d3.cross([1, 2], ["x", "y"], (a, b) => a + b),
      d3.pairs([1, 4, 9], (a, b) => b - a),
    ],
    blurred: d3.blur(values.slice(0, 12), 2).map((value) => value.toFixed(3)),
    ticks: [d3.ticks(0, 1, 5), d3.ticks(-7, 93, 8), d3.tickStep(0, 10, 3), d3.nice(0.13, 9.7, 5), d3.range(5, -5, -2.5)],
    errors: [
      attempt(() => d3.reduce([1], 5)),
      attempt(() => d3.filter([1], null)),
      attempt(() =>
        d3
          .rollup(
            [1, 1],
            (list) => list.length,
            (x) => x,
          )
          .get(1),
      ),
      attempt(() => d3.index([1, 1], (x) => x)),
    ],
  };
}

function statistics(values) {
  const names = [
    "min",
    "max",
    "sum",
    "mean",
    "median",
    "variance",
    "deviation",
    "extent",
    "mode",
    "fsum",
    "minIndex",
    "maxIndex",
  ];
  return names
    .map((name) => `${name} ${d3[name](values, (value) => value / 2)}`)
    .concat([0.1, 0.25, 0.9].map((p) => `${d3.quantile(values, p)} ${d3.quantileSorted(d3.sort(values), p)}`));
}

function order(rows, random) {
  const byKind = d3.sort(
    rows,
    (row) => row.kind,
    (row) => -row.value,
  );
  const bisector = d3.bisector((row) => row.value);
  const ascending = d3.sort(rows, (a, b) => d3.ascending(a.value, b.value));
  return {
    sorted: byKind.map((row) => row.id).join(),
    places: [0, 33.3, 50, 100].map((x) => [
      bisector.left(ascending, x),
      bisector.right(ascending, x),
      bisector.center(ascending, x),
    ]),
    least: d3.least(rows, (row) => row.value).id,
    greatest: d3.greatestIndex(rows, (a, b) => a.value - b.value),
    rank: d3.rank(rows.slice(0, 15), (row) => row.value).join(),
    selected: d3.quickselect(
      rows.map((row) => row.value),
      10,
    )[10],
    shuffled: d3
      .shuffler(random)(rows.map((row) => row.id))
      .join(),
    permuted: d3.permute({ a: 1, b: 2, c: 3 }, ["c", "a"]),
  };
}

function groups(rows) {
  const nested = d3.rollup(
    rows,
    (list) => d3.mean(list, (row) => row.value),
    (row) => row.kind,
    (row) => row.size,
  );
  const flat = (map) => [...map].map(([key, value]) => [key, value instanceof Map ? flat(value) : value]);
  return [
    flat(nested),
    d3.flatRollup(
      rows,
      (list) => list.length,
      (row) => row.kind,
      (row) => row.size,
    ),
    d3.groupSort(
      rows,
      (list) => d3.median(list, (row) => row.value),
      (row) => row.kind,
    ),
    [...d3.group(rows, (row) => new Date(row.id % 2)).keys()].map(Number),
  ];
}

function bins(values) {
  const make = d3.bin().domain([0, 100]).thresholds(d3.thresholdScott);
  return [
    make(values).map((bin) => [bin.x0, bin.x1, bin.length]),
    d3.thresholdFreedmanDiaconis(values, 0, 100),
    d3
      .bin()
      .thresholds([20, 40])(values)
      .map((bin) => bin.length),
  ];
}

function sets() {
  const dates = new d3.InternSet([new Date(1), new Date(2), new Date(1)]);
  return [d3.union([1, 2], new Set([2, 3])), d3.intersection([1, 2, 3], [2, 3, 4], [3]), d3.difference([1, 2, 3], [2])]
    .map((set) => [...set])
    .concat([dates.size, dates.has(new Date(2)), d3.superset([1, 2, 3], [1]), d3.disjoint([1], [2]), d3.subset([1], [2])]);
}

function iterated(values) {
  function* odd() {
    for (const value of values) if (Math.round(value) % 2) yield value;
  }
  const adder = new d3.Adder();
  for (const value of odd()) adder.add(value);
  return [
    +adder,
    d3.count(odd()),
    d3.max(odd()),
    d3.map(odd(), (value) => value * 2).length,
    d3.reduce(odd(), (sum, value) => sum + value, 0),
    [...d3.fcumsum(odd())].slice(-1),
    [...d3.cumsum(odd())].length,
    d3.some(odd(), (value) => value > 99),
    d3.merge([[1], [2, 3]]),
    d3.reverse(new Set([1, 2])),
  ];
}
