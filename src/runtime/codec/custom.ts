/**
 * Codecs of the program: how instances of classes that flowc cannot see into are saved.
 *
 *     instance ── encode ──▶ data ── an image of its own ──▶ one string in the image of the run
 *
 * The data is an image of its own, so that it is complete when `decode` is called with it, whatever the rest of the graph looks like. What the data shares
 * with the rest would be two objects after a restore; it is refused (I6, I8).
 */
import { NotSaveableError, ProgramChangedError, UsageError } from "../../shared/errors.js";
import { decodeBytes } from "./decode.js";
import { Encoder } from "./encoder.js";
import { handlerNamed, handlerOf, registerHandler } from "./handlers.js";
import { exoticByPrototype } from "./kinds/kind.js";
import { Late } from "./late.js";
import { className, withArticle } from "./names.js";
import { CODEC_PREFIX } from "./program.js";
import { corrupt } from "./reader.js";

/** How instances of one class are saved; see `registerCodec`. */
export interface ValueCodec<T extends object, D> {
  /** Names the class in checkpoints. Two codecs cannot have the same name, and one that checkpoints mention must not be given up. */
  readonly name: string;
  /** A whole number from 1; grows when `encode` answers something that an earlier `decode` would not understand. */
  readonly version: number;
  /** The state of `value`: any value that can be saved and that nothing else in the run holds. Called at every commit while a live variable reaches the value, so it changes nothing. */
  encode(value: T): D;
  /** A new instance of that state. `previousVersion` is given when an earlier version of the codec wrote `data`. */
  decode(data: D, previousVersion?: number): T;
}

/** A class whose instances are `T`, also one whose constructor is private. */
export interface ClassOf<T extends object> {
  readonly prototype: T;
}

/** The instances being encoded, outermost first: codecs are called from codecs. */
const open: object[] = [];
/** Data may hold instances whose data holds instances, up to this deep. */
const DEEPEST = 64;
/** How deep the decoding under way is. */
let depth = 0;
/** Encoders for data that are free for use. */
const idle: Encoder[] = [];

/**
 * Makes instances of a class saveable that flowc cannot see into, one of a package or of the platform:
 *
 *     registerCodec(Decimal, { name: "decimal", version: 1, encode: (d) => d.toString(), decode: (text) => new Decimal(text) });
 *
 * Once per class, where the module loads, in every process that runs the workflows. Instances keep their identity; instances of subclasses are not included.
 * Data that leads back to the instance, or that the run also holds elsewhere, is a NotSaveableError where the run suspends; so is an `encode` that throws.
 * A checkpoint with a codec that nobody registered, of a newer version, or whose `decode` throws is a ProgramChangedError that names the codec; the run stays where it was.
 *
 * Throws UsageError for a name or a class that has a codec already, and for a class whose instances are saved without one.
 */
export function registerCodec<T extends object, D>(type: ClassOf<T>, codec: ValueCodec<T, D>): void {
  const prototype = checked(type, codec);
  const { version } = codec;
  const name = CODEC_PREFIX + codec.name;
  registerHandler<T>({
    name,
    prototype,
    fields: ["version", "data"],
    save: (value, out) => (out === undefined ? [] : [version, dataOf(out, codec, value)]),
    create: () => new LateInstance(codec, prototype) as unknown as T,
    restore(late, [version, data]) {
      Object.assign(late, { version, data });
    },
  });
}

function checked<T extends object, D>(type: ClassOf<T>, codec: ValueCodec<T, D>): T {
  const given: unknown = type;
  const prototype: unknown = typeof given === "function" ? given.prototype : undefined;
  if (typeof prototype !== "object" || prototype === null)
    throw new UsageError(`registerCodec takes a class and its codec, not ${typeof type}.`);
  const { name, version, encode, decode } = codec ?? {};
  const where = `registerCodec for ${className(prototype)}`;
  if (typeof name !== "string" || name === "") throw new UsageError(`${where}: name is the name the class has in checkpoints.`);
  if (!Number.isInteger(version) || version < 1)
    throw new UsageError(`${where}: version is ${String(version)}; it is a whole number from 1.`);
  if (typeof encode !== "function" || typeof decode !== "function")
    throw new UsageError(`${where}: encode and decode are functions.`);
  const same = handlerNamed(CODEC_PREFIX + name);
  if (same !== undefined)
    throw new UsageError(`${where}: the name "${name}" belongs to the codec for ${className(same.prototype)} already.`);
  const other = handlerOf(prototype);
  if (other?.name.startsWith(CODEC_PREFIX))
    throw new UsageError(`${where}: the class has the codec "${other.name.slice(CODEC_PREFIX.length)}" already.`);
  const isOrdinary = [Object.prototype, Array.prototype, Function.prototype].includes(prototype);
  if (other !== undefined || isOrdinary || exoticByPrototype(prototype) !== undefined)
    throw new UsageError(`${where}: its instances are saved without a codec.`);
  return prototype as T;
}

/** The data of one instance, as an image in a string. */
function dataOf<T extends object, D>(out: Encoder, codec: ValueCodec<T, D>, value: T): string {
  if (open.includes(value)) refuse(out, codec.name, value, "encodes it as data that leads back to it");
  if (open.length >= DEEPEST) refuse(out, codec.name, value, `is the ${DEEPEST}th inside one another`);
  open.push(value);
  const inner = idle.pop() ?? new Encoder();
  try {
    const bytes = imageOf(attempt(out, codec, value), inner, out, codec, value);
    claim(out, codec.name, value, inner);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  } finally {
    open.pop();
    inner.reset();
    idle.push(inner);
  }
}

function attempt<T extends object, D>(out: Encoder, codec: ValueCodec<T, D>, value: T): D {
  out.beforeProgram();
  try {
    return codec.encode(value);
  } catch (error) {
    return refuse(out, codec.name, value, `failed: ${String(error)}`);
  }
}

function imageOf(data: unknown, inner: Encoder, out: Encoder, codec: { readonly name: string }, value: object): Uint8Array {
  try {
    inner.secrets = out.secrets;
    return inner.encode(data, "data");
  } catch (error) {
    if (!(error instanceof NotSaveableError)) throw error;
    return refuse(out, codec.name, value, `encodes it as something that cannot be saved: ${error.message}`);
  }
}

/** Notes what the data of `value` consists of: nothing else in the image may hold it. */
function claim(out: Encoder, name: string, value: object, inner: Encoder): void {
  if (out.data === undefined) {
    out.data = new Map();
    out.atEnd(() => checkShared(out));
  }
  for (const object of [...inner.owned(), ...(inner.data?.keys() ?? [])]) {
    if (out.data.has(object)) refuse(out, name, value, SHARED);
    out.data.set(object, name);
  }
}

function checkShared(out: Encoder): void {
  for (const [object, name] of out.data!) if (out.has(object)) refuse(out, name, object, SHARED);
}

const SHARED = "encodes an instance as data that the run also holds here, which would become two objects";

function refuse(out: Encoder, name: string, value: object, what: string): never {
  out.refuseNode(
    value,
    `the codec "${name}" ${what}`,
    "Encode an instance as a copy of its state: numbers, strings, and fresh objects of them.",
  );
}

/** An instance whose data has been read. */
class LateInstance extends Late {
  version: unknown;
  data: unknown;

  constructor(
    readonly codec: ValueCodec<object, unknown>,
    readonly prototype: object,
  ) {
    super();
  }

  override needs(): readonly unknown[] {
    return [];
  }

  override make(): object {
    const { version, data, codec } = this;
    if (typeof version !== "number" || typeof data !== "string") throw corrupt(`what codec "${codec.name}" saved is malformed`);
    if (version > codec.version) {
      throw changed(
        codec,
        `was saved by version ${version}, and version ${codec.version} is registered here. Load the newer one`,
      );
    }
    const state = this.#state(data);
    const value = this.#decoded(state, version === codec.version ? undefined : version);
    if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === this.prototype) return value;
    throw changed(codec, `has a decode that answers something else than ${withArticle(className(this.prototype))}. Correct it`);
  }

  #state(data: string): unknown {
    if (depth >= DEEPEST) throw corrupt("codecs are nested too deep");
    depth++;
    try {
      return decodeBytes(Buffer.from(data, "latin1"));
    } finally {
      depth--;
    }
  }

  #decoded(state: unknown, previousVersion: number | undefined): unknown {
    const { codec } = this;
    try {
      return previousVersion === undefined ? codec.decode(state) : codec.decode(state, previousVersion);
    } catch (error) {
      const of = previousVersion === undefined ? "" : ` of version ${previousVersion}`;
      throw changed(codec, `cannot decode data${of}: ${String(error)}. Correct its decode`, error);
    }
  }
}

function changed({ name }: { name: string }, what: string, cause?: unknown): ProgramChangedError {
  return new ProgramChangedError(
    `The checkpoint holds a value whose codec "${name}" ${what}; the run stays where it was, and if it has failed over this, \`flowc retry\` then lets it go on.`,
    cause === undefined ? undefined : { cause },
  );
}
