/** Images that older versions of flowc wrote. */
import { FORMAT_VERSION } from "./format.js";
import { corrupt } from "./reader.js";

/** Rewrites an image of one version as one of the next. It sees bytes only: no code of the program, no values. */
export interface Migration {
  /** Says what changed, for people. */
  readonly name: string;
  readonly migrate: (image: Uint8Array) => Uint8Array;
}

/** By the version each starts from. Version 1 is the first, so there is none yet. */
const MIGRATIONS: ReadonlyMap<number, Migration> = new Map();

/** The image in the format that is read now. Throws CorruptCheckpointError when no steps lead there. */
export function upToDate(image: Uint8Array, migrations: ReadonlyMap<number, Migration> = MIGRATIONS): Uint8Array {
  let version = image[0];
  if (version === undefined) throw corrupt("it is empty");
  if (version > FORMAT_VERSION) throw corrupt("it has a newer format than this flowc reads");
  for (; version < FORMAT_VERSION; version++) {
    const step = migrations.get(version);
    if (step === undefined) throw corrupt("it has another format version than this flowc reads");
    image = step.migrate(image);
    if (image[0] !== version + 1) throw corrupt(`the step "${step.name}" did not lead to version ${version + 1}`);
  }
  return image;
}
