/** What a command needs of the runtime a program was loaded with. A bundle exports this module of its own copy as `$flowc`. */
import { closureOf, functionById } from "../runtime/registry.js";

export { open, type Flow, type Run, type RunDescription } from "../index.js";
export { aes256gcm } from "../runtime/store/aes256gcm.js";
export { encrypted } from "../runtime/store/cipher.js";
export { openStore } from "../runtime/store/open.js";
export { loadedWorkflows } from "../runtime/worker.js";

/** True for an exported function that can suspend. */
export function isWorkflow(value: unknown): boolean {
  if (typeof value !== "function") return false;
  const code = closureOf(value)?.code;
  return code?.resume !== undefined && functionById(code.id) === value;
}
