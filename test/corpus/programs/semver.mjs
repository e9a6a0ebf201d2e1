/** Versions and ranges. */
import semver from "semver";
import { attempt } from "../kit.mjs";

const VERSIONS = [
  "1.2.3",
  "1.2.4-beta.2",
  "1.2.4-beta.11",
  "2.0.0",
  "v0.9.9",
  "=1.10.0+build.5",
  "1.2.4-alpha",
  "10.0.0-0",
  "3.4.5-x-y-z.--",
];
const RANGES = [
  "^1.2.3",
  "~1.2",
  ">=1.0.0 <2.0.0 || >3",
  "1.x",
  "*",
  "1.2.3 - 2.3",
  "^0.9.1",
  ">1.2.4-beta.3",
  "<=2",
  "~>1.10.0",
  ">=1.2.4-alpha <1.2.4 || 10",
];

export default function main() {
  const clean = VERSIONS.map((version) => semver.clean(version, { loose: true }));
  return {
    clean,
    sorted: semver.sort([...clean]).join(" < "),
    built: semver.rsort(["1.0.0+b", "1.0.0+a", "1.0.0"]).join(" > "),
    table: RANGES.map(
      (range) =>
        `${range} → ${new semver.Range(range).range}: ${clean.filter((version) => semver.satisfies(version, range)).join(" ")}`,
    ),
    loose: RANGES.map(
      (range) => clean.filter((version) => semver.satisfies(version, range, { includePrerelease: true, loose: true })).length,
    ),
    increments: ["major", "minor", "patch", "premajor", "preminor", "prepatch", "prerelease", "release"].map((kind) =>
      attempt(() => semver.inc("1.2.4-beta.2", kind, "rc", "1")),
    ),
    differences: clean.map((version) => semver.diff(version, "1.2.4")),
    extremes: [
      semver.maxSatisfying(clean, "1"),
      semver.minSatisfying(clean, ">1"),
      String(semver.minVersion(">1.2.3 || >0.5.0-a")),
      semver.gtr("3.0.0", "^1"),
      semver.ltr("0.1.0", "^1"),
      semver.outside("5.0.0", "1 - 2", ">"),
    ],
    sets: sets(),
    coerced: ["v2", "1.2.3.4", "a 42.6.7.9 b", "no", 5].map((text) => semver.coerce(text)?.version),
    parsed: semver.parse("1.2.3-rc.1+exp.sha", {}, true),
    comparator: [
      new semver.Comparator(">=1.2.3").test("1.2.4"),
      new semver.Comparator("<1.0.0").intersects(new semver.Comparator(">0.5.0")),
    ],
    errors: ["1.2", "a.b.c", "1.2.3-01", `1.${"9".repeat(20)}.0`, null, "1".repeat(300)].map((version) =>
      attempt(() => new semver.SemVer(version)),
    ),
    ranges: [
      attempt(() => new semver.Range("not a range")),
      attempt(() => new semver.Comparator(">>1")),
      semver.validRange("nope"),
      attempt(() => semver.inc("1.0.0", "nothing")),
    ],
  };
}

function sets() {
  const pairs = RANGES.flatMap((a, index) => RANGES.slice(index + 1).map((b) => [a, b]));
  const versions = ["1.0.0", "1.1.0", "1.2.0", "2.0.0", "3.0.0"];
  return [
    pairs.map(([a, b]) => `${Number(semver.intersects(a, b))}${Number(semver.subset(a, b))}`).join(" "),
    String(semver.simplifyRange(versions, "1.0.0 || 1.1.0 || 1.2.0")),
  ];
}
