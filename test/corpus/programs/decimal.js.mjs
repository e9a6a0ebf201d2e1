/** Arithmetic to fifty digits. */
import { Decimal } from "decimal.js";
import { attempt } from "../kit.mjs";

export default function main() {
  Decimal.set({ precision: 40, rounding: Decimal.ROUND_HALF_EVEN, toExpNeg: -9, toExpPos: 30 });
  return {
    functions: functions(),
    pi: machin(30),
    newton: squareRoot(new Decimal(2), 6),
    rounding: roundings(),
    formats: formats(),
    series: series(8),
    compared: ["3", "-Infinity", "0.1", "NaN", "1e400", "-0"]
      .map((text) => new Decimal(text))
      .sort((a, b) => a.cmp(b) || 0)
      .join(" "),
    errors: ["", "0x", "1.2.3", {}, null].map((value) => attempt(() => new Decimal(value).toString())),
    configured: attempt(() => Decimal.set({ precision: -1 })),
    coerced: [
      new Decimal("1.5") + 1,
      `${new Decimal("2.50")}`,
      JSON.stringify({ d: new Decimal("1e-7") }),
      new Decimal(3) > new Decimal(2),
    ],
  };
}

function functions() {
  const x = new Decimal("1.234567890123456789");
  const names = ["sin", "cos", "tan", "asinh", "atan", "exp", "ln", "sqrt", "cbrt", "log10", "cosh", "tanh"];
  return names.map((name) => `${name} ${Decimal[name](x)}`);
}

/** π by Machin's formula. */
function machin(digits) {
  const Wide = Decimal.clone({ precision: digits + 5 });
  const arctan = (inverse) => {
    const x = new Wide(1).div(inverse);
    let power = x;
    let sum = x;
    for (let n = 3, sign = -1; power.gt(new Wide(10).pow(-digits - 5)); n += 2, sign = -sign) {
      power = power.times(x).times(x);
      sum = sum.plus(power.div(n).times(sign));
    }
    return sum;
  };
  return arctan(5).times(16).minus(arctan(239).times(4)).toFixed(digits);
}

function squareRoot(value, rounds) {
  let guess = value;
  const seen = [];
  for (let round = 0; round < rounds; round++) {
    guess = guess.plus(value.div(guess)).div(2);
    seen.push(guess.toSignificantDigits(20).toString());
  }
  return seen;
}

function roundings() {
  const values = ["2.5", "-2.5", "3.14159", "-0.005", "99.995"];
  return values.map((value) => Array.from({ length: 9 }, (_, mode) => new Decimal(value).toDecimalPlaces(2, mode).toFixed(2)));
}

function formats() {
  const x = new Decimal("-123456.789e-3");
  return [
    x.toExponential(3),
    x.toPrecision(4),
    x.toBinary(),
    x.toHex(),
    x.toOctal(),
    x.toFraction(1000).join("/"),
    x.abs().floor().toNearest(5),
    x.mod(7),
    x.sd(),
    x.dp(),
  ];
}

function series(count) {
  const terms = Array.from({ length: count }, (_, index) => new Decimal(index + 1).pow(-2));
  return [Decimal.sum(...terms), Decimal.max(...terms), Decimal.min(...terms), Decimal.hypot(...terms)].map(String);
}
