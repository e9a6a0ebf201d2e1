/**
 * One module of the output:
 *
 *     import { $module, $save } from "flowc/runtime";
 *     …the module's own imports…
 *     const $m = $module(1, "src/checkout.ts");
 *     const SUSPEND = $m.SUSPEND;
 *     const checkout$ = $m.code("checkout", { … });       what a frame or closure refers to
 *     $m.bind(checkout$, checkout);
 *     …the source, suspendable functions as their fast copies, classes and constants registered after they are made…
 *     function checkout$resume($frame, $mode, $value) { … }
 *     function checkout_map$make(order) { … }
 */
import type { ModuleInfo } from "../1-find/model.js";
import type { Context } from "../context.js";
import type { ts } from "../ts.js";
import { assemble } from "./assemble.js";
import { ModuleEmitter, type ModuleOptions } from "./emitter.js";
import type { EmittedFunction } from "./function.js";
import { machinesOf } from "./machines.js";
import { topLevel } from "./top-level.js";

export interface EmittedModule {
  readonly statements: readonly ts.Statement[];
  readonly functions: readonly EmittedFunction[];
}

export function emitModule(ctx: Context, module: ModuleInfo, options: ModuleOptions): EmittedModule {
  const emitter = new ModuleEmitter(ctx, module, options);
  // The functions are emitted as the statements are: their machine part is known after the last of them.
  const body = module.file.statements.flatMap((node) => topLevel(emitter, node));
  const machines = machinesOf(emitter);
  return { statements: assemble(emitter, body, machines), functions: emitter.functions };
}
