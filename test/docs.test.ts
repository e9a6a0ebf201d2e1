import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "..");
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "docs/architecture.md",
  "docs/benchmarks.md",
  "docs/cli.md",
  "docs/concurrency.md",
  "docs/invariants.md",
  "docs/mutation.md",
  "docs/saved-values.md",
  "docs/simulator.md",
  "docs/stores.md",
  "docs/values.md",
  ...["branches", "cancellable", "checkout", "fan-out", "overlap", "script"].map((name) => `examples/${name}/README.md`),
];

test.each(pages)("%s names only files that exist", (page) => {
  const text = readFileSync(path.join(root, page), "utf8");
  const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, target = ""]) => path.join(path.dirname(page), target));
  const paths = [...text.matchAll(/\b(?:src|test|fixtures|scripts|examples|docs)\/[\w./-]*\w/g)].map(([target]) => target);
  expect([...links, ...paths].filter((target) => !existsSync(path.join(root, target)))).toEqual([]);
});
