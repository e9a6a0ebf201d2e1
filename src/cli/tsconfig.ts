import path from "node:path";
import { ts } from "../transform/ts.js";

/** Compiler options of `project`, or of the nearest tsconfig.json above `folder`; none when there is none. */
export function compilerOptionsFor(folder: string, project?: string): ts.CompilerOptions {
  const config = project === undefined ? ts.findConfigFile(folder, ts.sys.fileExists) : path.resolve(project);
  if (config === undefined) return {};
  const { config: json } = ts.readConfigFile(config, ts.sys.readFile) as { config?: unknown };
  return ts.parseJsonConfigFileContent(json ?? {}, ts.sys, path.dirname(config)).options;
}
