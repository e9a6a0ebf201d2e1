/** Opens the file of a store, or says in one sentence why it cannot be used. */
import { accessSync, closeSync, constants, openSync, readSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StoreError, UsageError } from "../../../shared/errors.js";
import { storeError } from "./failures.js";
import { migrate } from "./schema.js";

/** Options of a store in SQLite. */
export interface SqliteOptions {
  /**
   * How commits reach the disk. `FULL` (the default): a commit is on the disk when it is acknowledged. `NORMAL`: the last commits may be lost with the
   * power, not with the process, and the file stays sound. `OFF`: for tests.
   */
  readonly synchronous?: "FULL" | "NORMAL" | "OFF";
  /** How long to wait for another process that is writing, in milliseconds. Default 5,000. */
  readonly busyTimeoutMs?: number;
  /** Largest size of the file in pages of 4,096 bytes; beyond it commits fail as on a full disk. Default: as large as the disk allows. */
  readonly maxPages?: number;
}

const SYNCHRONOUS: ReadonlySet<string> = new Set(["FULL", "NORMAL", "OFF"]);
const BUSY_TIMEOUT_MS = 5_000;
/** A connection to the store at `path`, created when it is not there. Throws StoreError, UsageError for bad options. */
export function connect(path: string, options: SqliteOptions): DatabaseSync {
  const { synchronous = "FULL", busyTimeoutMs = BUSY_TIMEOUT_MS, maxPages } = options;
  if (!SYNCHRONOUS.has(synchronous))
    throw new UsageError(`synchronous is ${String(synchronous)}; it can be "FULL", "NORMAL" or "OFF".`);
  checkPath(path);
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: busyTimeoutMs });
    // Reads the file for the first time: before anything is changed about a file that is not ours.
    db.exec("SELECT count(*) FROM sqlite_schema");
    migrate(db, path);
    // The log is copied back after 1,000 pages, as is SQLite's custom: a longer log means more commits that make its file grow, and on a file that grows
    // a sync takes twice as long.
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}`);
    if (maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${Math.trunc(maxPages)}`);
    return db;
  } catch (error) {
    db?.close();
    throw storeError(error, path);
  }
}

/** What SQLite would report as "unable to open database file", told apart. */
function checkPath(path: string): void {
  const folder = dirname(path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new StoreError(`The folder ${folder} does not exist; create it, or name another file for the store.`, "io");
  }
  const file = statSync(path, { throwIfNoEntry: false });
  if (file?.isDirectory()) throw new StoreError(`${path} is a folder; name a file for the store, such as ${path}/flow.db.`, "io");
  if (file && !canWrite(path))
    throw new StoreError(`${path} is read-only; make it writable for this user, or name another file.`, "readonly");
  // SQLite puts its log beside the file.
  if (!canWrite(folder))
    throw new StoreError(`The folder ${folder} is read-only; make it writable for this user, or name another file.`, "readonly");
  checkLength(path);
}

const HEADER_BYTES = 100;

/**
 * A file cut short opens well and fails later, at the first page that is missing. Its header says how long it should be; only while there is a log
 * to be copied back may the file be shorter.
 */
function checkLength(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0 || (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) return;
  const header = Buffer.alloc(HEADER_BYTES);
  const file = openSync(path, "r");
  try {
    readSync(file, header, 0, HEADER_BYTES, 0);
  } finally {
    closeSync(file);
  }
  if (!header.toString("latin1").startsWith("SQLite format 3\0")) return;
  const expected = header.readUInt16BE(16) * header.readUInt32BE(28);
  if (size < Math.max(expected, HEADER_BYTES)) {
    throw new StoreError(
      `${path} is damaged: it was cut short, ${size} of ${expected} bytes are left; restore it from a backup.`,
      "corrupt",
    );
  }
}

function canWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
