/**
 * The contract between emitted code and the runtime. The compiler writes code against it, the runtime fulfils it, and neither
 * imports the other. Anything here that changes meaning bumps `ABI_VERSION`.
 *
 * An emitted module looks like this:
 *
 *     import { $module, $save } from "flowc/runtime";
 *     const $m = $module(1, "src/checkout.ts");
 *     const SUSPEND = $m.SUSPEND;
 *     const checkout$ = $m.code("checkout", { hash: "…", resume: checkout$resume, points: [[12, 3, "reserve(order.items);"]] });
 *     $m.bind(checkout$, checkout);
 *     export function checkout(order) {              // the fast copy: the source, plus one identity test per suspension point
 *       const $1 = reserve(order.items);
 *       if ($1 === SUSPEND) return $save(checkout$, 0, { order });
 *       …
 *     }
 *     function checkout$resume($frame, $mode, $value) { … }   // the resume copy: entered only by the driver
 */

/** Version of this contract. Emitted code names the version it was compiled for; the runtime refuses any other. */
export const ABI_VERSION = 1;

/** How the driver re-enters a frame: with the value of the call it waited for, or by throwing at that call. */
export const RESUME_NEXT = 0;
export const RESUME_THROW = 1;
export type ResumeMode = typeof RESUME_NEXT | typeof RESUME_THROW;

/** The resume copy of a function. `this` is the saved receiver. Returns the function's result or `SUSPEND`. */
export type Resume = (this: unknown, frame: FrameShape, mode: ResumeMode, value: unknown) => unknown;

/** Makes a closure again from its captured environment: `captured` in the order of `CodeInit.captures`; `this` is the captured receiver. */
export type Make = (this: unknown, ...captured: unknown[]) => Function;

/** Where a suspension point is: 1-based line and column in the source, and the text of that line, trimmed. */
export type PointInfo = readonly [line: number, column: number, text: string];

/** What the compiler says of one function. */
export interface CodeInit {
  /** The name a person knows the function by: `checkout`, `Cart.add`, `checkout.map(…)`. */
  readonly name: string;
  /** Content hash of the function's own source text. Frames of another hash are refused (I8). */
  readonly hash: string;
  /** The source text, for `toString`, where programs can see nothing but their source. */
  readonly text?: string;
  /** Present when the function can suspend. */
  readonly resume?: Resume;
  /** Present when the function is a closure (it is created at run time and captures variables). */
  readonly make?: Make;
  /** A class made at run time; the first thing it captures is its record. */
  readonly isClass?: boolean;
  /** Names of the captured variables, in the order `make` takes them. */
  readonly captures?: readonly string[];
  /** One entry per suspension point; a frame's `point` is an index into it. */
  readonly points?: readonly PointInfo[];
}

/** A function known to the runtime. `id` is `<module id>#<unique name in the module>`. */
export interface Code extends CodeInit {
  readonly id: string;
  readonly module: string;
}

/** One suspended activation of a function. */
export interface FrameShape {
  readonly code: Code;
  /** Index into `code.points`. */
  readonly point: number;
  /** The live variables by name. Variables that are dead at this point are absent. */
  readonly slots: Readonly<Record<string, unknown>>;
  /** The receiver, `undefined` when the function does not use `this`. */
  readonly self: unknown;
}

/** What `$module(abi, id)` returns to the emitted module. */
export interface ModuleRegistrar {
  /** The frozen sentinel a suspending call returns. */
  readonly SUSPEND: object;
  /** Declares a function; `name` is unique in the module. */
  code(name: string, init: CodeInit): Code;
  /** Ties a module-level function value to its code. Returns the function. */
  bind<F extends Function>(code: Code, fn: F): F;
  /**
   * Registers a class by name, together with its own methods, so that instances and method values can be saved by reference.
   * `privates` names its `#private` members: instances of such a class are refused by name unless the class gives access to them. Returns the class.
   */
  cls<C extends Function>(name: string, cls: C, privates?: readonly string[]): C;
  /**
   * A class hands out access to the `#private` members of its instances: the names of the fields, whether an object has them, their values, and setting these. `isDerived`: the
   * class extends another one.
   */
  privates(
    cls: Function,
    isDerived: boolean,
    fields: readonly string[],
    has: (object: object) => boolean,
    read: (object: object) => readonly unknown[],
    write: (object: object, values: readonly unknown[]) => void,
  ): void;
  /** While a class gives an object its `#private` members and nothing else: that object, or `true` when the object is still to be made. */
  readonly restoring: object | true | undefined;
  /** Registers the value of a module-level constant, saved by reference and never copied. Primitives are ignored. Returns the value. */
  value<T>(name: string, value: T): T;
}

/** What a module may do to an object besides assigning and deleting properties; bits. */
export const Surgery = {
  /** Turn a property that is there into an accessor or a constant. */
  REDEFINE: 1,
  /** Give it symbol keys or another prototype, or close it to new properties. */
  RESHAPE: 2,
} as const;

/** Every name emitted code may import from `flowc/runtime`, with what it is for. The emitter checks itself against this list. */
export const RUNTIME_NAMES = [
  /**
   * `$module(abi, id, surgery?): ModuleRegistrar`. `surgery`: bits of `Surgery`. Throws AbiError when `abi` is not `ABI_VERSION`.
   */
  "$module",
  /** `$save(code, point, slots, self?, callee?): typeof SUSPEND`: records a frame of the activation that is suspending; `callee`, where it was unknown at compile time, must not be foreign code. */
  "$save",
  /** `$method(object, key): unknown`: the callee for `$save`, read without running a getter. */
  "$method",
  /** `$tag(fn, code, captured, self?): fn`: stamps a closure with its code and captured values. Invisible to the program. */
  "$tag",
  /** `$accessors(object, [[key, "get" | "set", code, captured]…]): object`: stamps accessor functions like closures. Returns the object. */
  "$accessors",
  /** `$must(value, where): value`: throws ForeignFrameError when `value` is `SUSPEND`; used where a function cannot suspend. */
  "$must",
  /** `$native(value, callee): value`: a function handed to foreign code named `callee`, guarded so that a suspension inside it throws ForeignFrameError. Same input, same output. */
  "$native",
  /** `$lib(fn): fn`: the suspendable version of a built-in such as `Array.prototype.map`, or `fn` itself. */
  "$lib",
  /** `$made(object, key): (...args) => unknown`: the method `object[key]`, which makes an object that hides its state, as a function that makes one a checkpoint can hold. */
  "$made",
  /** `$symbol(symbol): symbol`: notes that the run made it. */
  "$symbol",
  /** `$iterate(iterable): Iterator`: an iterator whose position can be saved, for arrays, Map, Set, strings, arguments; otherwise the iterable's own. Throws TypeError as `for…of` does. */
  "$iterate",
  /** `$close(iterator): unknown`: the iterator's `return` method called with no argument (may return `SUSPEND`), the iterator itself when it has none. */
  "$close",
  /** `$object(value): value`: throws TypeError unless `value` is an object (an iterator result). */
  "$object",
  /** `$keys(object): string[]`: the keys `for…in` visits, in order. */
  "$keys",
  /** `$has(object, key): boolean`: whether `for…in` still visits a key. */
  "$has",
  /** `$rest(source, keys)`: what `...rest` of an object pattern collects besides `keys`. */
  "$rest",
  /** `$super(home, key, self)`: reads `super[key]`. */
  "$super",
  /** `$TDZ` / `$live(value, name)`: a captured binding not yet initialised, and the check that throws ReferenceError on it. */
  "$TDZ",
  "$live",
  /** `$ready(value, current, name): value`: throws ReferenceError when `current`, the binding about to be assigned, is not yet initialized. */
  "$ready",
  /** `$slot(scope, key, name).value`: a target of a pattern; assigning throws ReferenceError before the binding `name`, which is `scope[key]`, is initialized. */
  "$slot",
  /*
   * Code in which every operation that can enter the program is a suspension point (`suspend: "everywhere"`). Those that may return SUSPEND are marked ∿.
   */
  /** ∿ `$pause()`: suspends, to go on at once. */
  "$pause",
  /** ∿ `$tick()`: lets others have their turn when this strand has computed for long and the stack can be captured. */
  "$tick",
  /** ∿ `$apply(fn, self, args)`, `$construct(fn, args)`: any call. */
  "$apply",
  "$construct",
  /** ∿ `$get(object, key)`, `$set(object, key, value)`, `$delete(object, key)`: members. */
  "$get",
  "$set",
  "$delete",
  /** ∿ `$getSuper(home, key, self)`, `$setSuper(home, key, value, self)`, `$deleteSuper()`. */
  "$getSuper",
  "$setSuper",
  "$deleteSuper",
  /** ∿ `$propertyKey(value)`, `$string(value)`, `$numeric(value)`: conversions. `$coercible(value)` throws TypeError on null and undefined. */
  "$propertyKey",
  "$string",
  "$numeric",
  "$coercible",
  /** ∿ `$binary(operator, left, right)`, `$unary(operator, value)`. */
  "$binary",
  "$unary",
  /** ∿ `$open(iterable)`, `$step(record)`, `$finish(record)`, `$abandon(record)`, `$items(iterable)`, `$remaining(record)`: the iteration protocol. */
  "$open",
  "$step",
  "$finish",
  "$abandon",
  "$items",
  "$remaining",
  /** `$concat(...lists)`: one array of several, holes kept. */
  "$concat",
  /** ∿ `$copy(target, source, excluded)`: what spread and rest properties copy. `$extend(object, literal)` defines its properties; `$prototype(object, value)`. */
  "$copy",
  "$extend",
  "$prototype",
  /** `$named(fn, key)`: gives an anonymous function its name. `$constant(name)` throws TypeError: assignment to a constant. */
  "$named",
  "$constant",
  /** `$argument(list, index)`, `$tail(list, index)`, `$argumentsAfter(list)`: parameters. */
  "$argument",
  "$tail",
  "$argumentsAfter",
  /** ∿ `$resource(resources, value)`, ∿ `$dispose(resources, threw, error)`: `using` declarations. */
  "$resource",
  "$dispose",
  /** Classes: `$record()`, `$class(record, ctor)`, `$homed(object, record?)`, `$itself(record, name)`, `$private(name)`, `$element(record, kind, key, value, unnamed?)`. */
  "$record",
  "$class",
  "$homed",
  "$itself",
  "$private",
  "$element",
  "$privateAdd",
  "$accessorOf",
  /** ∿ `$privateGet(object, name)`, `$privateSet(object, name, value)`, `$privateHas(object, name)`, `$define(object, key, value)`. */
  "$privateGet",
  /** `$privately(object, name)`: the member for code that cannot suspend, as `value` to read or write and `call(…)`. */
  "$privately",
  /** `$superior(home, key, self)`: the same for `super[key]`. */
  "$superior",
  "$privateSet",
  "$privateHas",
  "$define",
  /** Constructors: ∿ `$initialize(self, record)`, ∿ `$constructDefault(record, args, target)`, `$parent(record)`, ∿ `$constructSuper(parent, args, target)`. */
  "$initialize",
  "$constructDefault",
  "$parent",
  "$constructSuper",
  /** `$once(before, self)`, `$bound(self)`, `$constructed(value, self)`, `$constructedBy(value, self)`, `$answer(value, self, target)`: `this` and what a constructor answers. */
  "$once",
  "$bound",
  "$constructed",
  "$constructedBy",
  "$answer",
  /** Generators: `$generatorFunction(body, name, length)`, `$generate(callee, code, point, slots, self?)`, `$yield(generator, value, raw, code, point, slots, self?)`. */
  "$generatorFunction",
  "$replace",
  "$generate",
  "$yield",
  /** `$isReturn(sent)`: whether `return()` was called. `$first()`; ∿ `$delegate(record, sent)`: one round of `yield*`. */
  "$isReturn",
  "$first",
  "$delegate",
  /**
   * Blocks given to `overlap`. `$overlap()`: their pending calls. `$begin(scope, name, fn, self, args)`: a call; answers a pending value unless it ended at once.
   * `$keep(scope, container)`: a list or object of the block that may hold pending values. ∿ `$touch(scope, value)`: the value once it is there.
   * ∿ `$reach(scope, object, key)`: the object once `object[key]` can be read, pending or not. ∿ `$fill(scope, object, key, values)`: the values to be stored in or
   * appended (key `-1`) to the object, pending only where it may hold such. `$mark(scope)`, ∿ `$settle(scope, mark, value)`: waits for the calls since, throws what nobody was told of.
   * ∿ `$unwind(scope, mark, error, isBlock)`: ends them, answers the error to be thrown.
   */
  "$overlap",
  "$begin",
  "$keep",
  "$touch",
  "$reach",
  "$fill",
  "$mark",
  "$settle",
  "$unwind",
] as const;
export type RuntimeName = (typeof RUNTIME_NAMES)[number];
