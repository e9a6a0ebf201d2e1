export { compile, PASS_NAMES } from "./compile.js";
export { compileEverywhere, type EverywhereResult } from "./everywhere.js";
export { formatDiagnostic } from "./diagnostics.js";
export type * from "./types.js";
