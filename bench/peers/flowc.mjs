import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { open, sqlite } from "../../dist/index.js";
import { compile } from "../../dist/transform/index.js";
import { both } from "./workloads.mjs";

/** Compiled beside this file, so that it finds the runtime measured here. */
async function program(folder) {
  const source = path.join(import.meta.dirname, "../programs/steps.ts");
  const { outputs } = compile({ files: [source], project: path.join(import.meta.dirname, "../programs/tsconfig.json") });
  const file = path.join(import.meta.dirname, "../../.cache", path.basename(folder), "steps.js");
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, outputs[0].code);
  return import(pathToFileURL(file).href);
}

async function measure(store, folder) {
  const { steps } = await program(folder);
  const flow = open({ store });
  await flow.worker();
  try {
    return await both(async (count) => (await flow.start(steps, [count])).result());
  } finally {
    await flow.close();
  }
}

export const onSqlite = (file, folder) => measure(sqlite(file), folder);

export async function onPostgres(url, folder) {
  const { postgres } = await import("../../dist/runtime/store/postgres/index.js");
  return measure(postgres(url), folder);
}
