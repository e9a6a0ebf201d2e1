/**
 * `flowc/runtime`: everything emitted code may import (RUNTIME_NAMES in shared/abi.ts), and nothing else. Only re-exports, in this order:
 * `table.js` comes last because the compiled built-ins it loads import this very module.
 */
export { SUSPEND, $save, $method, $must, $native } from "./suspend.js";
export { $accessors, $module, $tag } from "./registry.js";
export { $iterate, $close, $object, $keys } from "./iterate.js";
export { $has, $rest, $super, $TDZ, $live, $ready } from "./bindings.js";
export { $lib } from "./lib/table.js";
