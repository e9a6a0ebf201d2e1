/** Looks up what a checkpoint refers to in the program that is loaded, and says what to do when it is not there (I8). */
import type { Code } from "../../shared/abi.js";
import { ProgramChangedError } from "../../shared/errors.js";
import { codeById, valueById } from "../registry.js";
import { corrupt } from "./reader.js";

/** A function as a checkpoint names it. */
export interface SavedCode {
  readonly id: string;
  readonly hash: string;
}

/** The code of a suspended activation: has to be the very same text, since the saved point is a place in it. */
export function frameCode(saved: SavedCode, point: number): Code {
  const code = sameCode(saved, "was suspended in it");
  if (code.points !== undefined && point >= code.points.length) throw corrupt(`${saved.id} has no suspension point ${point}`);
  return code;
}

/** The code of a closure: has to be the same text, since captured values are positional. */
export function closureCode(saved: SavedCode): Code {
  const code = sameCode(saved, "saved a closure of it");
  if (code.make === undefined) throw changed(saved.id, "is no longer a closure");
  return code;
}

/** What follows the id of a function in that of its `prototype`. */
export const PROTOTYPE = ".prototype";

/** A registered class, function, constant or symbol; the `prototype` of a registered function, which is looked up only when it is needed. */
export function registered(id: string): object | symbol {
  const value = valueById(id) ?? (id.endsWith(PROTOTYPE) ? prototypeOf(valueById(id.slice(0, -PROTOTYPE.length))) : undefined);
  if (value === undefined) throw changed(id, "is not there any more: it was removed or renamed, or its file is not loaded");
  return value;
}

/** What the names of the program's own codecs begin with in checkpoints. */
export const CODEC_PREFIX = "codec:";

/** A class of the runtime that this version does not know, or one of the program for which nobody has registered the codec. */
function prototypeOf(value: object | symbol | undefined): object | undefined {
  const prototype: unknown = typeof value === "function" ? Object.getOwnPropertyDescriptor(value, "prototype")?.value : undefined;
  return typeof prototype === "object" && prototype !== null ? prototype : undefined;
}

/** A class of the runtime that this version does not know. */
export function unknownHandler(name: string): ProgramChangedError {
  if (name.startsWith(CODEC_PREFIX)) {
    const codec = JSON.stringify(name.slice(CODEC_PREFIX.length));
    return new ProgramChangedError(
      `The checkpoint holds a value of codec ${codec}, which nothing loaded here has registered. Load the module that calls registerCodec(…, { name: ${codec} }); ` +
        "the run stays where it was, and if it has failed over this, `flowc retry` then lets it go on.",
    );
  }
  return new ProgramChangedError(
    `The checkpoint holds a ${name}, which this version of flowc does not know. Use the version that wrote it, or a newer one.`,
  );
}

function sameCode(saved: SavedCode, what: string): Code {
  const code = codeById(saved.id);
  if (code === undefined) throw changed(saved.id, "is not there any more: it was removed or renamed, or its file is not loaded");
  if (code.hash !== saved.hash) throw changed(saved.id, `has changed since the run ${what}`);
  return code;
}

function changed(id: string, why: string): ProgramChangedError {
  const cut = id.lastIndexOf("#");
  const place = cut < 0 ? id : `${id.slice(cut + 1)} in ${id.slice(0, cut)}`;
  return new ProgramChangedError(
    `${place} ${why}. The run stays where it was. Load the version of the program the run was suspended with; if the run has failed over this, \`flowc retry\` then lets it go on.`,
  );
}
