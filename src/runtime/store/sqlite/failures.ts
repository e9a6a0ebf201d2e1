/** What SQLite reports, as a StoreError of one sentence that says what to do. */
import { StoreError } from "../../../shared/errors.js";

type Reason = StoreError["reason"];

/** Primary result codes of SQLite. */
const FAILURES: Readonly<Record<number, readonly [reason: Reason, sentence: (path: string) => string]>> = {
  5: ["locked", (path) => `${path} is locked by another process; wait until that is done, or stop it.`],
  6: ["locked", (path) => `${path} is locked by another connection of this process; close that first.`],
  8: ["readonly", (path) => `${path} cannot be written; make the file and its folder writable for this user.`],
  10: ["io", (path) => `${path} could not be read or written; see to the disk.`],
  11: [
    "corrupt",
    (path) => `${path} is damaged; restore it from a backup, or rescue what is left with \`sqlite3 ${path} .recover\`.`,
  ],
  13: ["full", (path) => `The disk that holds ${path} is full; nothing was written, free some space and go on.`],
  14: ["io", (path) => `${path} cannot be opened; see that its folder exists and that this user may use it.`],
  23: ["readonly", (path) => `${path} may not be used by this user.`],
  26: ["not-a-store", (path) => `${path} is not a database; name another file, and flowc will create it.`],
};

/** SQLite's primary result code of an error thrown by node:sqlite, `undefined` for any other error. */
export function resultCode(error: unknown): number | undefined {
  const code: unknown = (error as { errcode?: unknown } | undefined)?.errcode;
  return typeof code === "number" ? code & 0xff : undefined;
}

/** `error` as a StoreError; what did not come from SQLite is returned as it is. */
export function storeError(error: unknown, path: string): unknown {
  if (error instanceof StoreError) return error;
  const code = resultCode(error);
  if (code === undefined) return error;
  const [reason, sentence] = FAILURES[code] ?? ["io", (file: string) => `${file} failed: ${(error as Error).message}.`];
  return new StoreError(sentence(path), reason, { cause: error });
}
