/** A copy of the project in which mutants are planted, built and tested, so that the project itself stays as it is. */
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Mutant, plant } from "./mutant.ts";
import { type Ended, run } from "./process.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** Copied, not linked: a file that is reached through a link imports what lies beside its target. */
const PARTS = ["src", "scripts", "fixtures", "test", "package.json", "tsconfig.json", "tsconfig.build.json"];

const BUILD_MS = 180_000;

export class Scratch {
  readonly #folder: string;

  /** @param name of its folder below `.cache/mutation`; what was there before goes, except for what has been built */
  constructor(name: string) {
    this.#folder = path.join(root, ".cache/mutation", name);
    mkdirSync(this.#folder, { recursive: true });
    for (const part of [...PARTS, "node_modules"]) rmSync(path.join(this.#folder, part), { recursive: true, force: true });
    for (const part of PARTS) cpSync(path.join(root, part), path.join(this.#folder, part), { recursive: true });
    symlinkSync(path.join(root, "node_modules"), path.join(this.#folder, "node_modules"));
  }

  /** Runs `test` while the mutant is in the sources. */
  async with<T>(mutant: Mutant, test: () => Promise<T>): Promise<T> {
    const file = path.join(this.#folder, mutant.file);
    const source = readFileSync(file, "utf8");
    writeFileSync(file, plant(mutant, source));
    try {
      return await test();
    } finally {
      writeFileSync(file, source);
    }
  }

  /** Builds what changed since it was built last. */
  build(): Promise<Ended> {
    return run([path.join(this.#folder, "scripts/build.mjs")], this.#folder, BUILD_MS);
  }

  /** Runs the suites. They may stay silent for `patienceMs`. */
  suites(patienceMs: number): Promise<Ended> {
    return run([path.join(this.#folder, "test/mutation/suites/main.ts")], this.#folder, patienceMs);
  }
}
