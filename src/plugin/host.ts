/** What a command needs of the runtime a program was loaded with. A bundle exports this module of its own copy as `$flowc`. */

export { open, type Flow, type Run, type RunDescription, type ScheduleDescription } from "../index.js";
export { aes256gcm } from "../runtime/store/aes256gcm.js";
export { encrypted } from "../runtime/store/cipher.js";
export { openStore } from "../runtime/store/open.js";
export { findWorkflow, isWorkflow, loadedWorkflows } from "../runtime/workflows.js";
