/**
 * What commits do beyond their own runs, as functions in the database. Each is called after `commit_runs`, in the same statement, with the runs that were committed
 * (NULL: all of the group), and with arrays of one element a thing; `source` is the run whose commit it comes with. I5: what comes with a run that was not committed
 * is left out. The next one waits for their answer: those that tell somebody say whether there was anybody, the others true.
 */
import { LIVE, RETRYABLE } from "./functions.js";
import { kindNumber, statusNumber } from "../rows.js";

const ENDED = kindNumber("ended");
const ORPHANED = kindNumber("orphaned");

/** Bits of `start_runs.flags`. */
export const ENDS_WITH_PARENT_BIT = 1;
export const PARENT_IS_SOURCE_BIT = 2;

export function outwardFunctions(s: string): string {
  return [lockRuns(s), deliver(s), startRuns(s), sendMessages(s), watchRuns(s), noteFacts(s), tellEnds(s)].join("\n");
}

const committed = "(done IS NULL OR x.source = ANY (done))";

/**
 * Locks the runs of a group and those that it is about to write to, in order of their numbers: otherwise two groups that write to each other's runs wait for each
 * other. What is found to be written to only later is locked out of order; that is rare, and then one of the two is made again.
 */
const lockRuns = (s: string): string => `
  CREATE FUNCTION ${s}.lock_runs(own bigint[], ids text[], ended bigint[]) RETURNS boolean LANGUAGE plpgsql AS $$
  DECLARE
    others bigint[];
  BEGIN
    SELECT array_agg(x.n) INTO others FROM (
      SELECT r.n FROM ${s}.runs r WHERE r.id = ANY (ids)
      UNION SELECT w.run FROM ${s}.watches w WHERE w.target = ANY (ended)
      UNION SELECT r.n FROM ${s}.runs r WHERE r.parent = ANY (ended) AND r.ends_with_parent AND r.status IN (${LIVE}, ${RETRYABLE})
    ) AS x (n);
    IF others IS NOT NULL THEN
      PERFORM FROM ${s}.runs r WHERE r.n = ANY (own || others) ORDER BY r.n FOR NO KEY UPDATE;
    END IF;
    RETURN true;
  END $$;`;

/**
 * Puts messages into the boxes of runs, in this order. Runs are due with that; one that is held is told when its worker asks, or when it is let go. What is over and
 * cannot go on gets none.
 */
const deliver = (s: string): string => `
  CREATE FUNCTION ${s}.deliver(target bigint[], kind smallint, topic text[], payload bytea[], at bigint[]) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    -- Messages of a run are numbered in the order in which they can be seen: whoever numbers one has locked the run.
    PERFORM FROM ${s}.runs r WHERE r.n = ANY (target) ORDER BY r.n FOR NO KEY UPDATE;
    INSERT INTO ${s}.messages (run, kind, topic, payload, sent_at)
      SELECT x.target, deliver.kind, x.topic, x.payload, x.at
        FROM unnest(deliver.target, deliver.topic, deliver.payload, deliver.at) WITH ORDINALITY AS x (target, topic, payload, at, place)
        JOIN ${s}.runs r ON r.n = x.target AND r.status IN (${LIVE}, ${RETRYABLE}) ORDER BY x.place;
    UPDATE ${s}.runs r SET due_at = x.due, wake_at = x.due
      FROM (SELECT y.target, least(min(y.at), ${s}.now_ms()) AS due FROM unnest(deliver.target, deliver.at) AS y (target, at) GROUP BY y.target) x
      WHERE r.n = x.target AND r.owner IS NULL AND r.status IN (${LIVE}) AND (r.due_at IS NULL OR r.due_at > x.due);
  END $$;`;

const startRuns = (s: string): string => `
  CREATE FUNCTION ${s}.start_runs(
    done bigint[], source bigint[], id text[], workflow text[], created_at bigint[], start_at bigint[], flags bigint[], parent text[], image bytea[]
  ) RETURNS boolean LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO ${s}.runs (id, workflow, status, created_at, updated_at, wake_at, due_at, waiting_since, ends_with_parent, parent, image)
      SELECT x.id, x.workflow, CASE WHEN x.start_at > x.created_at THEN ${statusNumber("scheduled")} ELSE ${statusNumber("ready")} END,
        x.created_at, x.created_at, x.start_at, x.start_at, x.created_at, x.flags & ${ENDS_WITH_PARENT_BIT} <> 0,
        CASE WHEN x.flags & ${PARENT_IS_SOURCE_BIT} <> 0 THEN x.source ELSE (SELECT p.n FROM ${s}.runs p WHERE p.id = x.parent) END, x.image
      FROM unnest(start_runs.source, start_runs.id, start_runs.workflow, start_runs.created_at, start_runs.start_at, start_runs.flags, start_runs.parent, start_runs.image)
        WITH ORDINALITY AS x (source, id, workflow, created_at, start_at, flags, parent, image, place)
      WHERE ${committed} ORDER BY x.place
      ON CONFLICT DO NOTHING;
    RETURN true;
  END $$;`;

/** Of several messages of one id the first is kept. */
const sendMessages = (s: string): string => `
  CREATE FUNCTION ${s}.send_messages(
    done bigint[], source bigint[], run_id text[], message_id text[], kind bigint[], topic text[], payload bytea[], sent_at bigint[]
  ) RETURNS boolean LANGUAGE plpgsql AS $$
  DECLARE
    at integer;
  BEGIN
    -- One by one: there are few, and each is what \`send\` does.
    FOR at IN 1 .. cardinality(source) LOOP
      IF done IS NULL OR source[at] = ANY (done) THEN
        PERFORM ${s}.send(run_id[at], message_id[at], kind[at]::smallint, topic[at], payload[at], sent_at[at]);
      END IF;
    END LOOP;
    RETURN true;
  END $$;`;

/** The runs that are watched are locked: their ends come before this, or see it. */
const watchRuns = (s: string): string => `
  CREATE FUNCTION ${s}.watch_runs(done bigint[], source bigint[], target text[], at bigint[]) RETURNS boolean LANGUAGE plpgsql AS $$
  DECLARE
    gone record;
  BEGIN
    INSERT INTO ${s}.watches (target, run)
      SELECT r.n, x.source FROM unnest(watch_runs.source, watch_runs.target) AS x (source, target)
        JOIN ${s}.runs r ON r.id = x.target AND r.status IN (${LIVE}) WHERE ${committed}
      ON CONFLICT DO NOTHING;
    SELECT array_agg(x.source ORDER BY x.place) AS source, array_agg(x.target ORDER BY x.place) AS target,
        array_agg(coalesce(r.outcome, '') ORDER BY x.place) AS outcome, array_agg(x.at ORDER BY x.place) AS at INTO gone
      FROM unnest(watch_runs.source, watch_runs.target, watch_runs.at) WITH ORDINALITY AS x (source, target, at, place)
      LEFT JOIN ${s}.runs r ON r.id = x.target WHERE ${committed} AND (r.n IS NULL OR r.status NOT IN (${LIVE}));
    IF gone.source IS NOT NULL THEN
      PERFORM ${s}.deliver(gone.source, ${ENDED}::smallint, gone.target, gone.outcome, gone.at);
    END IF;
    RETURN true;
  END $$;`;

/** Keys of a run are different; its row is locked by its commit, so there is nobody else to note the same. */
const noteFacts = (s: string): string => `
  CREATE FUNCTION ${s}.note_facts(done bigint[], source bigint[], key text[], value text[]) RETURNS boolean LANGUAGE plpgsql AS $$
  BEGIN
    DELETE FROM ${s}.notes f USING unnest(note_facts.source, note_facts.key) AS x (source, key) WHERE f.run = x.source AND f.key = x.key AND ${committed};
    INSERT INTO ${s}.notes (run, key, value)
      SELECT x.source, x.key, x.value FROM unnest(note_facts.source, note_facts.key, note_facts.value) AS x (source, key, value) WHERE ${committed};
    RETURN true;
  END $$;`;

/** Whoever watches hears of it, tasks of the run go, with `final` its children that end with it hear of it, and hooks get word. Answers whether anybody was told. */
const tellEnds = (s: string): string => `
  CREATE FUNCTION ${s}.tell_ends(done bigint[], ended bigint[], id text[], outcome bytea[], at bigint[], final bigint[]) RETURNS boolean LANGUAGE plpgsql AS $$
  DECLARE
    gone bigint[];
    told record;
    any_told boolean := false;
  BEGIN
    SELECT array_agg(x.source) INTO gone FROM unnest(ended) AS x (source) WHERE ${committed};
    IF EXISTS (SELECT FROM ${s}.watches w WHERE w.target = ANY (gone)) THEN
      WITH d AS (
        DELETE FROM ${s}.watches w
          USING unnest(tell_ends.ended, tell_ends.id, tell_ends.outcome, tell_ends.at) WITH ORDINALITY AS x (source, id, outcome, at, place)
          WHERE w.target = x.source AND ${committed} RETURNING w.run, x.id, coalesce(x.outcome, '') AS outcome, x.at, x.place
      )
      SELECT array_agg(d.run ORDER BY d.place) AS run, array_agg(d.id ORDER BY d.place) AS id, array_agg(d.outcome ORDER BY d.place) AS outcome,
        array_agg(d.at ORDER BY d.place) AS at INTO told FROM d;
      IF told.run IS NOT NULL THEN
        PERFORM ${s}.deliver(told.run, ${ENDED}::smallint, told.id, told.outcome, told.at);
        any_told := true;
      END IF;
    END IF;
    DELETE FROM ${s}.tasks t WHERE t.run = ANY (gone);
    SELECT array_agg(r.n ORDER BY r.n) AS run, array_agg(''::text) AS topic, array_agg(''::bytea) AS payload, array_agg(x.at ORDER BY r.n) AS at INTO told
      FROM unnest(tell_ends.ended, tell_ends.at, tell_ends.final) AS x (source, at, final) JOIN ${s}.runs r ON r.parent = x.source
      WHERE ${committed} AND x.final = 1 AND r.ends_with_parent AND r.status IN (${LIVE}, ${RETRYABLE});
    IF told.run IS NOT NULL THEN
      PERFORM ${s}.deliver(told.run, ${ORPHANED}::smallint, told.topic, told.payload, told.at);
      any_told := true;
    END IF;
    -- Most stores have none, and then this is all that hooks cost.
    IF EXISTS (SELECT FROM ${s}.hooks) THEN
      any_told := ${s}.tell_hooks(done, ended) OR any_told;
    END IF;
    RETURN any_told;
  END $$;`;
