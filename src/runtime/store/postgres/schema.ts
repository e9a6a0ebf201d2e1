/**
 * The tables, as a list of numbered migrations: a schema of version n gets those after n, in one transaction. `flowc.version` holds the version.
 *
 *     runs      one row a run: state, continuation, outcome. `n` is its number in this schema; commits find it by that. A commit writes a new version of the
 *               row; as long as no column of an index changes, PostgreSQL writes it into the same page and touches no index (HOT). So the indexed `due_at`
 *               (when somebody may claim it) is empty while a worker holds the run, whatever becomes of `wake_at`, and there is an index on neither status
 *               nor time. Columns that seldom change come first: what two versions of a row begin with is written to the log once.
 *     journal   one row a commit: its entries as JSON. Only appended to.
 *     messages  what waits for a run.
 *     parts     what changed in the continuation of a run since its image, in order of the commits.
 *     blobs     large contents by SHA-256, and in run_blobs which runs refer to them; one that no run refers to is deleted.
 *     workers   the workers, with their leases by the clock of the database. `claims` is the number of the last claim: see `functions.ts`.
 */
import { functions } from "./functions.js";

/** Each takes the name of the schema, quoted. */
export const MIGRATIONS: readonly ((schema: string) => string)[] = [
  (s) => `
    CREATE TABLE ${s}.runs (
      n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      created_at bigint NOT NULL,
      due_at bigint,
      fence bigint NOT NULL DEFAULT 0,
      id text COLLATE "C" NOT NULL UNIQUE,
      workflow text COLLATE "C" NOT NULL,
      owner text COLLATE "C",
      waiting_for text COLLATE "C" NOT NULL DEFAULT '',
      status smallint NOT NULL,
      waiting_since bigint NOT NULL,
      version bigint NOT NULL DEFAULT 0,
      updated_at bigint NOT NULL,
      wake_at bigint,
      outcome bytea,
      image bytea NOT NULL
    ) WITH (fillfactor = 50, toast_tuple_target = 2560);
    ALTER TABLE ${s}.runs ALTER image SET STORAGE EXTERNAL, ALTER outcome SET STORAGE EXTERNAL;
    CREATE INDEX runs_due ON ${s}.runs (due_at) WHERE due_at IS NOT NULL;
    CREATE INDEX runs_held ON ${s}.runs (owner) WHERE owner IS NOT NULL;

    CREATE TABLE ${s}.journal (run bigint NOT NULL, version bigint NOT NULL, entries text NOT NULL);
    CREATE INDEX journal_run ON ${s}.journal (run);

    CREATE TABLE ${s}.messages (
      seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      run bigint NOT NULL,
      kind smallint NOT NULL,
      topic text NOT NULL,
      payload bytea NOT NULL,
      sent_at bigint NOT NULL
    );
    CREATE INDEX messages_run ON ${s}.messages (run);
    CREATE TABLE ${s}.message_ids (run bigint NOT NULL, id text COLLATE "C" NOT NULL, PRIMARY KEY (run, id));

    CREATE TABLE ${s}.parts (run bigint NOT NULL, version bigint NOT NULL, bytes bytea NOT NULL, PRIMARY KEY (run, version));
    ALTER TABLE ${s}.parts ALTER bytes SET STORAGE EXTERNAL;
    CREATE TABLE ${s}.blobs (n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id bytea NOT NULL UNIQUE, bytes bytea NOT NULL);
    ALTER TABLE ${s}.blobs ALTER bytes SET STORAGE EXTERNAL;
    CREATE TABLE ${s}.run_blobs (run bigint NOT NULL, blob bigint NOT NULL, PRIMARY KEY (run, blob));
    CREATE INDEX run_blobs_blob ON ${s}.run_blobs (blob);

    CREATE TABLE ${s}.workers (
      id text COLLATE "C" PRIMARY KEY,
      pid integer NOT NULL,
      host text NOT NULL,
      started_at bigint NOT NULL,
      lease_ms bigint NOT NULL,
      lease_until bigint NOT NULL,
      claims bigint NOT NULL
    ) WITH (fillfactor = 50);
    ${functions(s)}`,
];

export const SCHEMA_VERSION = MIGRATIONS.length;
