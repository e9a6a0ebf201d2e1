/**
 * The tables, as a list of numbered migrations: a file of version n gets those after n, in one transaction. `user_version` holds the version,
 * `application_id` marks the file as flowc's.
 *
 *     runs      one row a run: state, continuation, outcome. `n` is its number in this file; commits find it by that.
 *     journal   one row a commit: its entries as JSON. Rows of a run are a chain through `prev`, from `runs.journal` backwards, so that
 *               writing one is an append and needs no index.
 *     messages  what waits for a run. `seq` never comes back, so AUTOINCREMENT.
 *     parts     what changed in the continuation of a run since its image, in order. The image itself is the first of them when it is large, and
 *               `runs.image` is empty then: SQLite writes a row whole, and every commit writes that one.
 *     blobs     large contents by SHA-256, and in run_blobs which runs refer to them; one that no run refers to is deleted.
 *     worker    the one worker of the file.
 *     watches   which run wants to hear of the end of which. Gone with that end.
 *     tasks     step attempts for whatever worker serves their queue. `owner` has taken one; its lease is that of the worker.
 *     queues    when the next task of a queue with a limited rate may begin, see `rate.ts`.
 *     cache     results of steps that other runs may use.
 *     schedules when runs are to be started; definition and state as JSON.
 *     hooks     who is to be told of which events, and in deliveries what they have not been told yet.
 *     notes     searchable facts about runs, values as JSON.
 */
import type { DatabaseSync } from "node:sqlite";
import { StoreError } from "../../../shared/errors.js";

/** "flwc" in ASCII. */
export const APPLICATION_ID = 0x666c7763;

const MIGRATIONS: readonly string[] = [
  `CREATE TABLE runs (
     n INTEGER PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     workflow TEXT NOT NULL,
     status INTEGER NOT NULL,
     created_at INTEGER NOT NULL,
     updated_at INTEGER NOT NULL,
     wake_at INTEGER,
     owner TEXT,
     lease_until INTEGER NOT NULL DEFAULT 0,
     fence INTEGER NOT NULL DEFAULT 0,
     version INTEGER NOT NULL DEFAULT 0,
     journal INTEGER,
     waiting_since INTEGER NOT NULL,
     waiting_for TEXT NOT NULL,
     outcome BLOB,
     image BLOB NOT NULL
   ) STRICT;
   CREATE INDEX runs_due ON runs (wake_at) WHERE wake_at IS NOT NULL AND owner IS NULL;
   CREATE INDEX runs_held ON runs (owner) WHERE owner IS NOT NULL;
   CREATE TABLE journal (n INTEGER PRIMARY KEY, prev INTEGER, entries TEXT NOT NULL) STRICT;
   CREATE TABLE messages (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     run INTEGER NOT NULL,
     kind INTEGER NOT NULL,
     topic TEXT NOT NULL,
     payload BLOB NOT NULL,
     sent_at INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX messages_run ON messages (run);
   CREATE TABLE message_ids (run INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY (run, id)) STRICT, WITHOUT ROWID;
   CREATE TABLE worker (
     one INTEGER PRIMARY KEY CHECK (one = 1),
     id TEXT NOT NULL,
     pid INTEGER NOT NULL,
     host TEXT NOT NULL,
     started_at INTEGER NOT NULL,
     lease_until INTEGER NOT NULL
   ) STRICT;`,
  `CREATE TABLE parts (n INTEGER PRIMARY KEY, run INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;
   CREATE INDEX parts_run ON parts (run);
   CREATE TABLE blobs (n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, bytes BLOB NOT NULL) STRICT;
   CREATE TABLE run_blobs (run INTEGER NOT NULL, blob INTEGER NOT NULL, PRIMARY KEY (run, blob)) STRICT, WITHOUT ROWID;
   CREATE INDEX run_blobs_blob ON run_blobs (blob);`,
  `ALTER TABLE runs ADD COLUMN parent INTEGER;
   ALTER TABLE runs ADD COLUMN ends_with_parent INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE runs ADD COLUMN losses INTEGER NOT NULL DEFAULT 0;
   CREATE INDEX runs_parent ON runs (parent) WHERE parent IS NOT NULL;
   CREATE TABLE watches (target INTEGER NOT NULL, run INTEGER NOT NULL, PRIMARY KEY (target, run)) STRICT, WITHOUT ROWID;
   CREATE TABLE notes (run INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (run, key)) STRICT, WITHOUT ROWID;
   CREATE INDEX notes_value ON notes (key, value);`,
  "ALTER TABLE runs DROP COLUMN lease_until",
  `CREATE TABLE tasks (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     run INTEGER NOT NULL,
     call INTEGER NOT NULL,
     attempt INTEGER NOT NULL,
     queue TEXT NOT NULL,
     step TEXT NOT NULL,
     key TEXT,
     priority REAL NOT NULL,
     due_at INTEGER NOT NULL,
     owner TEXT,
     payload BLOB NOT NULL,
     details BLOB,
     UNIQUE (run, call)
   ) STRICT;
   CREATE INDEX tasks_free ON tasks (queue, priority DESC, due_at, id) WHERE owner IS NULL;
   CREATE INDEX tasks_held ON tasks (queue, key) WHERE owner IS NOT NULL;
   CREATE TABLE queues (name TEXT PRIMARY KEY, next_at REAL NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE cache (key TEXT PRIMARY KEY, value BLOB NOT NULL, until INTEGER NOT NULL) STRICT;
   CREATE INDEX cache_until ON cache (until);`,
  `CREATE TABLE schedules (
     name TEXT PRIMARY KEY,
     workflow TEXT NOT NULL,
     version TEXT NOT NULL,
     due_at INTEGER,
     definition TEXT NOT NULL,
     args BLOB NOT NULL
   ) STRICT;
   CREATE INDEX schedules_due ON schedules (due_at) WHERE due_at IS NOT NULL;
   CREATE TABLE hooks (name TEXT NOT NULL, event TEXT NOT NULL, PRIMARY KEY (name, event)) STRICT, WITHOUT ROWID;
   CREATE INDEX hooks_event ON hooks (event);
   CREATE TABLE deliveries (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     hook TEXT NOT NULL,
     run INTEGER NOT NULL,
     event TEXT NOT NULL,
     at INTEGER NOT NULL,
     version INTEGER NOT NULL,
     attempt INTEGER NOT NULL DEFAULT 0,
     due_at INTEGER NOT NULL,
     owner TEXT,
     outcome BLOB
   ) STRICT;
   CREATE INDEX deliveries_free ON deliveries (hook, due_at) WHERE owner IS NULL;
   CREATE INDEX deliveries_held ON deliveries (owner) WHERE owner IS NOT NULL;`,
  // What `SUSPECT_LOSSES` is.
  "CREATE INDEX runs_suspects ON runs (wake_at) WHERE losses >= 3 AND wake_at IS NOT NULL AND owner IS NULL",
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Brings the file to this schema; a new file gets all of it. Throws StoreError for a file of another application or of a newer flowc.
 * Two processes may do it at once: the second finds it done.
 */
export function migrate(db: DatabaseSync, path: string): void {
  if (versionOf(db, path) === SCHEMA_VERSION) return;
  db.exec("BEGIN IMMEDIATE");
  try {
    for (let version = versionOf(db, path); version < SCHEMA_VERSION; version++) db.exec(MIGRATIONS[version]!);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

/** The schema version of the file, 0 for an empty one, after checking that the file is one of ours. */
function versionOf(db: DatabaseSync, path: string): number {
  const version = pragma(db, "user_version");
  const application = pragma(db, "application_id");
  const tables = Number(Object.values(db.prepare("SELECT count(*) FROM sqlite_schema").get()!)[0]);
  if (application === 0 && version === 0 && tables === 0) return 0;
  if (application !== APPLICATION_ID) {
    throw new StoreError(
      `${path} is a database of another application, not a flowc store; name another file, and flowc will create it.`,
      "not-a-store",
    );
  }
  if (version > SCHEMA_VERSION) {
    throw new StoreError(
      `${path} was written by a newer flowc (schema ${version}, this one knows ${SCHEMA_VERSION}); use that version, or another file.`,
      "newer-schema",
    );
  }
  return version;
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(Object.values(db.prepare(`PRAGMA ${name}`).get()!)[0]);
}
