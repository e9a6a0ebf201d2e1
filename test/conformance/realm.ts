/** What a conformance test's own realm needs of the runtime. Bundled and run inside that realm, so that errors and intrinsics are the realm's own. */
export * as emitted from "../../dist/runtime/emitted.js";
export { resumeStrand, startStrand } from "../../dist/runtime/execute.js";
export { Frame } from "../../dist/runtime/frame.js";
export { decidePauses } from "../../dist/runtime/pause.js";
export { codeById } from "../../dist/runtime/registry.js";
export { Execution } from "../../dist/runtime/suspend.js";
