import { existsSync } from "node:fs";
import path from "node:path";

/**
 * The source file a workflow id such as `src/checkout.ts#checkout` names. Ids are relative to the folder of the tsconfig.json, which is usually
 * this one or one above it. `undefined` when there is no such file.
 */
export function findProgram(workflow: string): string | undefined {
  const module = workflow.slice(0, workflow.lastIndexOf("#"));
  for (let folder = process.cwd(); ; folder = path.dirname(folder)) {
    const file = path.join(folder, module);
    if (existsSync(file)) return file;
    if (path.dirname(folder) === folder) return undefined;
  }
}
