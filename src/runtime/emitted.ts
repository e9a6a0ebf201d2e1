/**
 * `flowc/runtime`: everything emitted code may import (RUNTIME_NAMES in shared/abi.ts), and nothing else. Only re-exports, in this order:
 * `table.js` comes last because the compiled built-ins it loads import this very module.
 */
export { SUSPEND, $save, $method, $must, $native } from "./suspend.js";
export { $accessors, $module, $tag } from "./registry.js";
export { $iterate, $close, $object, $keys } from "./iterate.js";
export { $has, $rest, $super, $TDZ, $live, $ready, $slot } from "./bindings.js";
export { $lib } from "./lib/table.js";
export { $made } from "./made.js";
export { $symbol } from "./own-symbols.js";
export { $begin, $fill, $keep, $mark, $overlap, $reach, $settle, $touch, $unwind } from "./overlap.js";
export { $pause } from "./pause.js";
export { $tick } from "./tick.js";
export {
  $accessorOf,
  $class,
  $element,
  $extend,
  $homed,
  $itself,
  $named,
  $parent,
  $private,
  $privateAdd,
  $prototype,
  $record,
  $replace,
} from "./classes.js";
export {
  $argument,
  $argumentsAfter,
  $bound,
  $coercible,
  $concat,
  $constant,
  $deleteSuper,
  $once,
  $constructed,
  $constructedBy,
  $answer,
  $tail,
} from "./receivers.js";
export { $first, $generate, $generatorFunction, $isReturn, $yield } from "./generators.js";
export { apply as $apply } from "./apply.js";
export {
  constructDefault as $constructDefault,
  constructNew as $construct,
  constructSuper as $constructSuper,
  initialize as $initialize,
} from "./lib/construction.js";
export { privately as $privately, superior as $superior } from "./outside.js";
export { privateGet as $privateGet, privateHas as $privateHas, privateSet as $privateSet } from "./lib/private.js";
export { addResource as $resource, disposeAll as $dispose } from "./lib/disposal.js";
export { delegate as $delegate } from "./lib/generator.js";
export { advance as $step, remaining as $remaining } from "./lib/rounds.js";
export { close as $finish, closeQuietly as $abandon, items as $items, open as $open } from "./lib/operations/iteration.js";
export {
  define as $define,
  get as $get,
  getSuper as $getSuper,
  remove as $delete,
  set as $set,
  setSuper as $setSuper,
} from "./lib/operations/property.js";
export { toPropertyKey as $propertyKey, toStr as $string } from "./lib/operations/conversion.js";
export { binary as $binary, numeric as $numeric, unary as $unary } from "./lib/operations/operators.js";
export { copyProperties as $copy } from "./lib/operations/copy.js";
