/** Exact arithmetic with fractions of big integers. */
import Fraction from "fraction.js";
import { attempt } from "../kit.mjs";

export default function main() {
  return {
    texts: ["1/3", "0.(142857)", "-2 3/4", "-0.0015", "3:4", "0.1(6)", "3/9"].map((text) => describe(new Fraction(text))),
    harmonic: harmonic(25).toFraction(),
    egyptian: egyptian(new Fraction(43, 48)),
    matrix: inverse([
      [2, 1, 1],
      [1, 3, 2],
      [1, 0, 0],
    ]).map((row) => row.map(String)),
    bernoulli: bernoulli(12).map((value) => value.toFraction()),
    near: [Math.PI, Math.E, Math.SQRT2].map((x) => [
      new Fraction(x).simplify(0.001).toFraction(true),
      new Fraction(x).toContinued().slice(0, 8).map(String),
    ]),
    operators: operators(new Fraction("22/7"), new Fraction("-0.(3)")),
    sorted: [0.5, "1/3", [2, 5], { n: -1, d: 9 }, 7n]
      .map((value) => new Fraction(value))
      .sort((a, b) => a.compare(b))
      .join(" < "),
    errors: ["a/b", "1/0", "1.2.3", {}, "(1)"].map((value) => attempt(() => new Fraction(value).toString())),
    coerced: [
      +new Fraction("1/4") + 1,
      `${new Fraction("1/4")}`,
      new Fraction(1, 3) < new Fraction(1, 2),
      JSON.stringify([new Fraction(7, 3)], (_, value) => (typeof value === "bigint" ? String(value) : value)),
    ],
  };
}

function describe(fraction) {
  return [
    fraction.toString(),
    fraction.toFraction(true),
    fraction.toLatex(),
    fraction.toContinued().join(),
    String(fraction.s * fraction.n),
    String(fraction.d),
    fraction.valueOf(),
  ];
}

function harmonic(count) {
  return Array.from({ length: count }, (_, index) => new Fraction(1, index + 1)).reduce((sum, term) => sum.add(term));
}

function egyptian(rest) {
  const parts = [];
  while (rest.n !== 0n) {
    const part = new Fraction(1n, rest.inverse().ceil().n);
    parts.push(part.toFraction());
    rest = rest.sub(part);
  }
  return parts;
}

/** By elimination over exact fractions. */
function inverse(rows) {
  const size = rows.length;
  const work = rows.map((row, at) => [
    ...row.map((value) => new Fraction(value)),
    ...rows.map((_, index) => new Fraction(index === at ? 1 : 0)),
  ]);
  for (let column = 0; column < size; column++) {
    const pivot = work.findIndex((row, index) => index >= column && !row[column].equals(0));
    [work[column], work[pivot]] = [work[pivot], work[column]];
    const scale = work[column][column];
    work[column] = work[column].map((value) => value.div(scale));
    for (const [index, row] of work.entries()) {
      if (index === column) continue;
      const factor = row[column];
      work[index] = row.map((value, at) => value.sub(factor.mul(work[column][at])));
    }
  }
  return work.map((row) => row.slice(size));
}

function bernoulli(count) {
  const row = [];
  const numbers = [];
  for (let m = 0; m <= count; m++) {
    row[m] = new Fraction(1, m + 1);
    for (let j = m; j >= 1; j--) row[j - 1] = row[j - 1].sub(row[j]).mul(j);
    numbers.push(row[0]);
  }
  return numbers;
}

function operators(a, b) {
  const binary = ["add", "sub", "mul", "div", "mod", "gcd", "lcm", "compare", "equals", "lt", "gte", "divisible", "roundTo"];
  const unary = ["neg", "abs", "floor", "ceil", "round", "inverse"];
  return [
    ...binary.map((name) => `${name} ${a[name](b)}`),
    ...unary.map((name) => `${name} ${b[name]()}`),
    String(a.pow(-3)),
    String(new Fraction(8, 27).pow("2/3")),
    String(a.pow("1/2")),
  ];
}
