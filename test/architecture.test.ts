import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const src = path.resolve(import.meta.dirname, "../src");

interface Import {
  readonly file: string;
  readonly specifier: string;
  /** Top-level folder of src the specifier points into; `undefined` for a package. */
  readonly area: string | undefined;
}

function importsOf(area: string): Import[] {
  const files = readdirSync(path.join(src, area), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  return files.flatMap((name) => {
    const file = path.join(src, area, name);
    const { importedFiles } = ts.preProcessFile(readFileSync(file, "utf8"), true, true);
    return importedFiles.map(({ fileName: specifier }) => ({
      file: `${area}/${name}`,
      specifier,
      area: areaOf(file, specifier),
    }));
  });
}

function areaOf(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  return path.relative(src, path.resolve(path.dirname(file), specifier)).split(path.sep)[0];
}

function offending(area: string, allowed: (each: Import) => boolean): string[] {
  return importsOf(area)
    .filter((each) => !allowed(each))
    .map((each) => `${each.file} imports ${each.specifier}`);
}

test("the compiler imports nothing of the runtime", () => {
  expect(
    offending("transform", ({ area, specifier }) =>
      area === undefined ? !specifier.startsWith("flowc") : area === "transform" || area === "shared",
    ),
  ).toEqual([]);
});

test("the runtime imports only Node's built-ins, itself and the shared contract, and its PostgreSQL store the driver", () => {
  const isDriver = ({ file, specifier }: Import): boolean => specifier === "pg" && file.startsWith("runtime/store/postgres/");
  expect(
    offending("runtime", (each) =>
      each.area === undefined
        ? (isBuiltin(each.specifier) && each.specifier.startsWith("node:")) || isDriver(each)
        : each.area === "runtime" || each.area === "shared",
    ),
  ).toEqual([]);
});

test("the driver of PostgreSQL is loaded when it is needed, not with the runtime", () => {
  const files = importsOf("runtime")
    .filter(({ specifier }) => specifier === "pg")
    .map(({ file }) => readFileSync(path.join(src, file), "utf8"));
  expect(files.length).toBeGreaterThan(0);
  for (const text of files) expect(text).not.toMatch(/^import (?!type\b).* from "pg"/m);
});

test("the shared contract imports nothing", () => {
  expect(offending("shared", ({ area }) => area === "shared")).toEqual([]);
});

test("one file imports the compiler API of TypeScript", () => {
  const importers = importsOf("transform").filter((each) => each.specifier === "typescript");
  expect(new Set(importers.map((each) => each.file))).toEqual(new Set(["transform/ts.ts"]));
});
