import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { flowc, startFlowc, startNode } from "../../scripts/lib/flowc.mjs";

const repository = path.resolve(import.meta.dirname, "../..");

/** A user's project in a folder of its own, with this package installed as a dependency. Removed when the test is over. */
export class Project {
  readonly folder = mkdtempSync(path.join(tmpdir(), "flowc-test-"));
  readonly store = `sqlite:${path.join(this.folder, "flow.db")}`;

  /** Environment of its commands, besides the store. */
  readonly env: Record<string, string> = {};

  constructor(files: Readonly<Record<string, string>>) {
    onTestFinished(() => rmSync(this.folder, { recursive: true, force: true }));
    mkdirSync(this.path("node_modules"));
    symlinkSync(repository, this.path("node_modules/flowc"));
    symlinkSync(path.join(repository, "node_modules/@types"), this.path("node_modules/@types"));
    this.write("package.json", `{ "type": "module" }`);
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  path(name: string): string {
    return path.join(this.folder, name);
  }

  write(name: string, text: string): void {
    mkdirSync(path.dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  /** Runs the command line in the project's folder to its end. */
  flowc(...args: readonly string[]): ReturnType<typeof flowc> {
    return flowc(args, this.#options);
  }

  start(...args: readonly string[]): ReturnType<typeof startFlowc> {
    return startFlowc(args, this.#options);
  }

  /** Starts Node in the project's folder. */
  node(...args: readonly string[]): ReturnType<typeof startNode> {
    return startNode(args, this.#options);
  }

  get #options(): { cwd: string; env: Record<string, string> } {
    return { cwd: this.folder, env: { FLOWC_STORE: this.store, ...this.env } };
  }
}

/** The lines of `--json` output. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
