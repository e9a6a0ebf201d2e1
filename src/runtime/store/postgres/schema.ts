/**
 * The tables, as a list of numbered migrations: a schema of version n gets those after n, in one transaction. `flowc.version` holds the version.
 *
 *     runs      one row a run: state, continuation, outcome. `n` is its number in this schema; commits find it by that. A commit writes a new version of the
 *               row; as long as no column of an index changes, PostgreSQL writes it into the same page and touches no index (HOT). So the indexed `due_at`
 *               (when somebody may claim it) is empty while a worker holds the run, whatever becomes of `wake_at`, and there is an index on neither status
 *               nor time; `losses`, on which one depends, is 0 and stays so as a rule. Columns that seldom change come first: what two versions of a row begin with is written to the log once.
 *     journal   one row a commit: its entries as JSON. Only appended to.
 *     messages  what waits for a run.
 *     parts     what changed in the continuation of a run since its image, in order of the commits.
 *     blobs     large contents by SHA-256, and in run_blobs which runs refer to them; one that no run refers to is deleted.
 *     workers   the workers, with their leases by the clock of the database. `claims` and the like are the numbers of the last claims: see `functions.ts`.
 *     watches   which run wants to hear of the end of which. Gone with that end.
 *     notes     searchable facts about runs, keys and values as JSON. The index holds digests: there is no limit to their length.
 *     tasks     step attempts for whatever worker serves their queue. `owner` has taken one; its lease is that of the worker.
 *     queues    one row a queue with limits: whoever takes tasks of it locks that row first. `next_at` is when the next task of a queue with a limited rate may
 *               begin, see `rate.ts`.
 *     cache     results of steps that other runs may use, by the SHA-256 of their keys.
 *     schedules when runs are to be started; definition and state as JSON.
 *     hooks     who is to be told of which events: bit n of `events` is the status of number n. A hook that is made again has another number.
 *     deliveries what hooks have not been told yet. `owner` tells it just now; its lease is that of the worker.
 */
import { SUSPECT_LOSSES } from "../store.js";
import { functions } from "./functions.js";
import { hookFunctions } from "./hook-functions.js";
import { outwardFunctions } from "./outward-functions.js";
import { taskFunctions } from "./task-functions.js";

/** Each takes the name of the schema, quoted. */
export const MIGRATIONS: readonly ((schema: string) => string)[] = [
  (s) => `
    CREATE TABLE ${s}.runs (
      n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      created_at bigint NOT NULL,
      due_at bigint,
      fence bigint NOT NULL DEFAULT 0,
      parent bigint,
      ends_with_parent boolean NOT NULL DEFAULT false,
      id text COLLATE "C" NOT NULL UNIQUE,
      workflow text COLLATE "C" NOT NULL,
      owner text COLLATE "C",
      waiting_for text COLLATE "C" NOT NULL DEFAULT '',
      status smallint NOT NULL,
      waiting_since bigint NOT NULL,
      version bigint NOT NULL DEFAULT 0,
      updated_at bigint NOT NULL,
      wake_at bigint,
      losses integer NOT NULL DEFAULT 0,
      outcome bytea,
      image bytea NOT NULL
    ) WITH (fillfactor = 50, toast_tuple_target = 2560);
    ALTER TABLE ${s}.runs ALTER image SET STORAGE EXTERNAL, ALTER outcome SET STORAGE EXTERNAL;
    CREATE INDEX runs_due ON ${s}.runs (due_at) WHERE due_at IS NOT NULL;
    CREATE INDEX runs_suspects ON ${s}.runs (due_at) WHERE losses >= ${SUSPECT_LOSSES} AND due_at IS NOT NULL;
    CREATE INDEX runs_held ON ${s}.runs (owner) WHERE owner IS NOT NULL;
    CREATE INDEX runs_parent ON ${s}.runs (parent) WHERE parent IS NOT NULL;

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
      claims bigint NOT NULL,
      task_claims bigint NOT NULL,
      delivery_claims bigint NOT NULL
    ) WITH (fillfactor = 50);

    CREATE TABLE ${s}.watches (target bigint NOT NULL, run bigint NOT NULL, PRIMARY KEY (target, run));
    CREATE TABLE ${s}.notes (run bigint NOT NULL, key text COLLATE "C" NOT NULL, value text COLLATE "C" NOT NULL);
    CREATE INDEX notes_run ON ${s}.notes (run);
    CREATE INDEX notes_value ON ${s}.notes (hashtextextended(key, 0), hashtextextended(value, 0));

    CREATE TABLE ${s}.tasks (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      run bigint NOT NULL,
      call bigint NOT NULL,
      attempt bigint NOT NULL,
      priority double precision NOT NULL,
      due_at bigint NOT NULL,
      queue text COLLATE "C" NOT NULL,
      step text COLLATE "C" NOT NULL,
      key text COLLATE "C",
      owner text COLLATE "C",
      payload bytea NOT NULL,
      details bytea,
      UNIQUE (run, call)
    );
    ALTER TABLE ${s}.tasks ALTER payload SET STORAGE EXTERNAL, ALTER details SET STORAGE EXTERNAL;
    CREATE INDEX tasks_free ON ${s}.tasks (queue, priority DESC, due_at, id) WHERE owner IS NULL;
    CREATE INDEX tasks_due ON ${s}.tasks (queue, due_at) WHERE owner IS NULL;
    CREATE INDEX tasks_held ON ${s}.tasks (owner, queue) WHERE owner IS NOT NULL;
    CREATE TABLE ${s}.queues (name text COLLATE "C" PRIMARY KEY, next_at double precision);
    CREATE TABLE ${s}.cache (key bytea PRIMARY KEY, value bytea NOT NULL, good_until bigint NOT NULL);
    CREATE INDEX cache_until ON ${s}.cache (good_until);

    CREATE TABLE ${s}.schedules (
      name text COLLATE "C" PRIMARY KEY,
      due_at bigint,
      workflow text COLLATE "C" NOT NULL,
      version text COLLATE "C" NOT NULL,
      definition text NOT NULL,
      args bytea NOT NULL
    );
    CREATE INDEX schedules_due ON ${s}.schedules (due_at) WHERE due_at IS NOT NULL;
    CREATE TABLE ${s}.hooks (n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, events integer NOT NULL, name text COLLATE "C" NOT NULL UNIQUE);
    CREATE TABLE ${s}.deliveries (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      hook bigint NOT NULL,
      run bigint NOT NULL,
      at bigint NOT NULL,
      version bigint NOT NULL,
      attempt bigint NOT NULL DEFAULT 0,
      due_at bigint NOT NULL,
      event smallint NOT NULL,
      owner text COLLATE "C",
      outcome bytea
    );
    CREATE INDEX deliveries_free ON ${s}.deliveries (hook, due_at, id) WHERE owner IS NULL;
    CREATE INDEX deliveries_held ON ${s}.deliveries (owner) WHERE owner IS NOT NULL;
    ${functions(s)}
    ${outwardFunctions(s)}
    ${taskFunctions(s)}
    ${hookFunctions(s)}`,
];

export const SCHEMA_VERSION = MIGRATIONS.length;
