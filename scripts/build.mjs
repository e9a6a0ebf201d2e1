/**
 * Builds dist/ in two phases: TypeScript's own compiler over src, then our compiler (the one just built) over src/runtime/lib, whose
 * functions take callbacks that may suspend. A phase whose inputs did not change is skipped.
 */
import "./lib/pinned-node.mjs";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { hashOf, isCurrent, listFiles, markCurrent } from "./lib/inputs.mjs";
import { withLock } from "./lib/lock.mjs";
import { inRoot } from "./lib/root.mjs";

/** @type {{ name: string, stamp: string, inputs: string[], run: () => void | Promise<void> }[]} */
const phases = [
  {
    name: "types and code",
    stamp: "dist/.tsc",
    inputs: ["src", "tsconfig.json", "tsconfig.build.json", "package.json"],
    run: compileSources,
  },
  { name: "suspendable built-ins", stamp: "dist/.lib", inputs: ["dist/transform", "src/runtime/lib"], run: compileBuiltIns },
];

await withLock(inRoot(".cache/build.lock"), async () => {
  let rebuilt = false;
  for (const phase of phases) {
    const hash = hashOf(phase.inputs.map((input) => inRoot(input)));
    // A phase writes into what an earlier one wrote, so once one ran, the later ones run as well.
    if (!rebuilt && isCurrent(inRoot(phase.stamp), hash)) continue;
    const started = performance.now();
    // What fails half-way has written something already.
    rmSync(inRoot(phase.stamp), { force: true });
    await phase.run();
    markCurrent(inRoot(phase.stamp), hashOf(phase.inputs.map((input) => inRoot(input))));
    rebuilt = true;
    console.log(`built ${phase.name} in ${Math.round(performance.now() - started)} ms`);
  }
});

function compileSources() {
  const tsc = inRoot("node_modules/typescript/bin/tsc");
  const arguments_ = [
    tsc,
    "-p",
    inRoot("tsconfig.build.json"),
    "--incremental",
    "--tsBuildInfoFile",
    inRoot("dist/.tsbuildinfo"),
    "--pretty",
  ];
  const { status } = spawnSync(process.execPath, arguments_, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

async function compileBuiltIns() {
  const folder = inRoot("src/runtime/lib");
  if (!existsSync(folder) || readdirSync(folder).length === 0) return;
  /** @type {typeof import("../src/transform/index.js")} */
  const { compile, formatDiagnostic } = await import(pathToFileURL(inRoot("dist/transform/index.js")).href);
  const files = listFiles(folder).filter((file) => file.endsWith(".ts"));
  const result = compile({ files, project: inRoot("tsconfig.build.json"), cwd: inRoot() });
  if (!result.ok) {
    console.error(result.diagnostics.map((diagnostic) => formatDiagnostic(diagnostic)).join("\n"));
    process.exit(1);
  }
  // Of what the entry files import, only the built-ins themselves are replaced: the rest of the runtime stays as TypeScript emitted it.
  for (const output of result.outputs.filter((each) => files.includes(each.source))) {
    const target = inRoot("dist", path.relative(inRoot("src"), output.source)).replace(/\.ts$/, ".js");
    writeFileSync(target, `${withOwnId(output.code)}\n//# sourceMappingURL=${path.basename(target)}.map\n`);
    writeFileSync(`${target}.map`, output.map);
  }
}

/**
 * Module ids are relative to the project, and a user's project may have a file of the same name: the built-ins get a prefix no path has.
 * @param {string} code
 */
function withOwnId(code) {
  return code.replace(/(\$module\(\d+, ")src\/runtime\/lib\//, "$1flowc:lib/");
}
