/**
 * The transitions that take several statements, as functions in the database: one round trip, one transaction. Under READ COMMITTED each statement in a function
 * sees what was committed before that statement, and whoever changes a run or sends to it locks its row first; so what a statement reads after the one that
 * locked the rows is how things are.
 *
 * Locks are taken in one order: worker, queues, runs by number, schedules, tasks, deliveries.
 */
import { assert } from "../../../shared/assert.js";
import { statusList, statusNumber } from "../rows.js";
import { LIVE_STATUSES, RETRYABLE_STATUSES, STATUSES, SUSPECT_LOSSES } from "../store.js";

/** For `status IN (…)`. */
export const LIVE = statusList(LIVE_STATUSES);
export const RETRYABLE = statusList(RETRYABLE_STATUSES);
const READY = statusNumber("ready");
const RUNNING = statusNumber("running");

/** The functions of version 1. A later version replaces those it changes. */
export function functions(s: string): string {
  return [clock(s), commitRuns(s), claimRuns(s), release(s), send(s), retry(s)].join("\n");
}

/** Bits of `commit_runs.flags` above the status. */
export const RELEASE_BIT = 16;
export const PARK_BIT = 32;
const STATUS_BITS = 15;
assert(Math.max(...STATUSES.map(statusNumber)) <= STATUS_BITS, "statuses that do not fit into their bits");

/** What a commit changes in the row of its run, without what depends on messages. Part of migration 1. */
export function settings(
  version: string,
  at: string,
  flags: string,
  wake: string,
  waiting: string,
  image: string,
  outcome: string,
): string {
  return `version = ${version}, updated_at = ${at}, wake_at = ${wake}, status = ${flags} & ${STATUS_BITS}, losses = 0,
        waiting_since = CASE WHEN r.waiting_for = ${waiting} THEN r.waiting_since ELSE ${at} END, waiting_for = ${waiting},
        image = coalesce(${image}, r.image), outcome = coalesce(${outcome}, r.outcome),
        owner = CASE WHEN ${flags} & ${RELEASE_BIT} = 0 THEN r.owner END,
        due_at = CASE WHEN ${flags} & ${PARK_BIT} <> 0 THEN ${wake} END`;
}

const clock = (s: string): string => `
  CREATE FUNCTION ${s}.now_ms() RETURNS bigint LANGUAGE sql VOLATILE AS
    $$ SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint $$;
  CREATE FUNCTION ${s}.up_since_ms() RETURNS bigint LANGUAGE sql STABLE AS
    $$ SELECT floor(extract(epoch FROM pg_postmaster_start_time()) * 1000)::bigint $$;`;

/**
 * A group of commits: all arrays up to `part` have one element a commit. Answers the runs that were committed, NULL for all of them. I5: everything after the
 * first statement is about the runs it has changed. I4: the version makes sure that a commit happens once, whoever sends it however often.
 */
const commitRuns = (s: string): string => `
  CREATE FUNCTION ${s}.commit_runs(
    n bigint[], fence bigint[], version bigint[], at bigint[], flags bigint[], wake bigint[], waiting text[], image bytea[], outcome bytea[], entries text[],
    part bytea[], consumed_run bigint[], consumed bigint[], replaced bigint[], kept_run bigint[], kept bytea[], blob_run bigint[], blob bytea[], contents bytea[],
    parks boolean
  ) RETURNS bigint[] LANGUAGE plpgsql AS $$
  #variable_conflict use_column
  DECLARE
    done bigint[];
    let_go bigint[];
  BEGIN
    WITH c AS (
      SELECT * FROM unnest(commit_runs.n, commit_runs.fence, commit_runs.version, commit_runs.at, commit_runs.flags, commit_runs.wake, commit_runs.waiting,
        commit_runs.image, commit_runs.outcome, commit_runs.entries) AS c (n, fence, version, at, flags, wake, waiting, image, outcome, entries)
    ), u AS (
      UPDATE ${s}.runs r SET ${settings("c.version", "c.at", "c.flags", "c.wake", "c.waiting", "c.image", "c.outcome")}
      FROM c
      WHERE r.n = c.n AND r.fence = c.fence AND r.version = c.version - 1 AND r.owner IS NOT NULL
      RETURNING r.n, r.version, c.entries
    ), j AS (
      INSERT INTO ${s}.journal (run, version, entries) SELECT u.n, u.version, u.entries FROM u WHERE u.entries IS NOT NULL
    )
    SELECT array_agg(u.n) INTO done FROM u;

    IF consumed IS NOT NULL THEN
      DELETE FROM ${s}.messages m USING unnest(consumed_run, consumed) AS x (run, seq)
        WHERE m.seq = x.seq AND m.run = x.run AND x.run = ANY (done);
    END IF;
    IF part IS NOT NULL THEN
      INSERT INTO ${s}.parts (run, version, bytes)
        SELECT x.n, x.version, x.bytes FROM unnest(commit_runs.n, commit_runs.version, commit_runs.part) AS x (n, version, bytes)
        WHERE x.bytes IS NOT NULL AND x.n = ANY (done);
    END IF;
    IF blob IS NOT NULL THEN
      -- Whoever collects blobs locks them first: it waits for this, or this brings the contents again.
      INSERT INTO ${s}.blobs (id, bytes)
        SELECT DISTINCT ON (x.id) x.id, x.bytes FROM unnest(blob_run, blob, contents) AS x (run, id, bytes) WHERE x.run = ANY (done) ORDER BY x.id
        ON CONFLICT (id) DO UPDATE SET id = EXCLUDED.id;
      INSERT INTO ${s}.run_blobs (run, blob)
        SELECT x.run, b.n FROM unnest(blob_run, blob) AS x (run, id) JOIN ${s}.blobs b ON b.id = x.id WHERE x.run = ANY (done)
        ON CONFLICT DO NOTHING;
    END IF;
    IF replaced IS NOT NULL THEN
      DELETE FROM ${s}.parts p WHERE p.run = ANY (replaced) AND p.run = ANY (done);
      WITH gone AS (
        DELETE FROM ${s}.run_blobs rb USING ${s}.blobs b
          WHERE rb.run = ANY (replaced) AND rb.run = ANY (done) AND b.n = rb.blob
            AND NOT EXISTS (SELECT FROM unnest(kept_run, kept) AS x (run, id) WHERE x.run = rb.run AND x.id = b.id)
          RETURNING rb.blob
      )
      SELECT array_agg(DISTINCT gone.blob) INTO let_go FROM gone;
      IF let_go IS NOT NULL THEN
        PERFORM FROM ${s}.blobs b WHERE b.n = ANY (let_go) ORDER BY b.n FOR UPDATE;
        DELETE FROM ${s}.blobs b WHERE b.n = ANY (let_go) AND NOT EXISTS (SELECT FROM ${s}.run_blobs rb WHERE rb.blob = b.n);
      END IF;
    END IF;
    IF parks THEN
      -- A run let go while messages wait for it is due at once.
      UPDATE ${s}.runs r SET due_at = least(r.due_at, x.at), wake_at = least(r.wake_at, x.at)
        FROM unnest(commit_runs.n, commit_runs.at, commit_runs.flags) AS x (n, at, flags)
        WHERE x.flags & ${PARK_BIT} <> 0 AND r.n = x.n AND r.n = ANY (done) AND EXISTS (SELECT FROM ${s}.messages m WHERE m.run = r.n);
    END IF;
    RETURN CASE WHEN cardinality(done) = cardinality(commit_runs.n) THEN NULL ELSE coalesce(done, '{}') END;
  END $$;`;

/**
 * Claims carry growing numbers: one that arrives after a later one, because its connection broke on the way, claims nothing. With `holds`, what the worker knows to
 * hold, it is handed over what it holds besides: first, beyond the limit, and after waiting for the transactions under way that write to it. The row of the worker is
 * locked, so that it is not taken out with runs on the way to it. For `suspects` see `ClaimOptions`.
 */
const claimRuns = (s: string): string => `
  CREATE FUNCTION ${s}.claim_runs(worker text, claim bigint, now bigint, at_most bigint, workflows text[], holds text[], suspects text) RETURNS bigint[] LANGUAGE plpgsql AS $$
  DECLARE
    lost bigint[];
    taken bigint[];
  BEGIN
    IF holds IS NULL AND NOT EXISTS (SELECT FROM ${s}.runs r WHERE r.due_at <= now AND (workflows IS NULL OR r.workflow = ANY (workflows))) THEN
      RETURN NULL;
    END IF;
    UPDATE ${s}.workers w SET claims = claim WHERE w.id = worker AND w.claims < claim;
    IF NOT FOUND THEN
      RETURN NULL;
    END IF;
    IF holds IS NOT NULL THEN
      WITH u AS (
        UPDATE ${s}.runs r SET status = ${RUNNING}, fence = r.fence + 1 WHERE r.owner = worker AND r.id <> ALL (holds) RETURNING r.n
      )
      SELECT array_agg(u.n ORDER BY u.n) INTO lost FROM u;
    END IF;
    IF suspects = 'one' THEN
      WITH due AS (
        SELECT r.n FROM ${s}.runs r WHERE r.losses >= ${SUSPECT_LOSSES} AND r.due_at <= now AND (workflows IS NULL OR r.workflow = ANY (workflows))
          ORDER BY r.due_at, r.n LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
      ), u AS (
        UPDATE ${s}.runs r SET owner = worker, due_at = NULL, status = ${RUNNING}, fence = r.fence + 1 FROM due WHERE r.n = due.n RETURNING r.n
      )
      SELECT array_agg(u.n) INTO taken FROM u;
      IF taken IS NOT NULL THEN
        RETURN lost || taken;
      END IF;
    END IF;
    WITH due AS (
      SELECT r.n FROM ${s}.runs r WHERE r.due_at <= now AND (workflows IS NULL OR r.workflow = ANY (workflows))
          AND (suspects IS NULL OR r.losses < ${SUSPECT_LOSSES})
        ORDER BY r.due_at, r.n LIMIT at_most FOR NO KEY UPDATE SKIP LOCKED
    ), u AS (
      UPDATE ${s}.runs r SET owner = worker, due_at = NULL, status = ${RUNNING}, fence = r.fence + 1 FROM due WHERE r.n = due.n RETURNING r.n, r.wake_at
    )
    SELECT array_agg(u.n ORDER BY u.wake_at, u.n) INTO taken FROM u;
    RETURN lost || taken;
  END $$;`;

/** Takes out workers, each only as long as its lease is what was seen (NULL: whatever it is), and gives back what they hold. Of `lost` ones the runs remember it. */
const release = (s: string): string => `
  CREATE FUNCTION ${s}.release_workers(workers text[], leases bigint[], now bigint, lost boolean) RETURNS integer LANGUAGE plpgsql AS $$
  DECLARE
    gone text[];
  BEGIN
    WITH d AS (
      DELETE FROM ${s}.workers w USING unnest(workers, leases) AS x (id, lease) WHERE w.id = x.id AND (x.lease IS NULL OR w.lease_until = x.lease)
      RETURNING w.id
    )
    SELECT array_agg(d.id) INTO gone FROM d;
    IF gone IS NULL THEN
      RETURN 0;
    END IF;
    UPDATE ${s}.runs r SET owner = NULL, due_at = least(r.wake_at, now), wake_at = least(r.wake_at, now), status = CASE r.status WHEN ${RUNNING} THEN ${READY} ELSE r.status END,
        losses = r.losses + lost::integer
      WHERE r.owner = ANY (gone);
    UPDATE ${s}.tasks t SET owner = NULL WHERE t.owner = ANY (gone);
    UPDATE ${s}.deliveries d SET owner = NULL WHERE d.owner = ANY (gone);
    RETURN cardinality(gone);
  END $$;`;

/** Times of a sender whose clock is ahead are cut to that of the database. */
const send = (s: string): string => `
  CREATE FUNCTION ${s}.send(run_id text, message_id text, kind smallint, topic text, payload bytea, sent_at bigint) RETURNS text LANGUAGE plpgsql AS $$
  DECLARE
    run record;
    due bigint := least(sent_at, ${s}.now_ms());
  BEGIN
    SELECT r.n, r.status, r.owner, r.due_at INTO run FROM ${s}.runs r WHERE r.id = run_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
      RETURN 'unknown';
    ELSIF message_id IS NOT NULL AND EXISTS (SELECT FROM ${s}.message_ids i WHERE i.run = run.n AND i.id = message_id) THEN
      RETURN 'duplicate';
    ELSIF run.status NOT IN (${LIVE}) THEN
      RETURN 'ended';
    END IF;
    IF message_id IS NOT NULL THEN
      INSERT INTO ${s}.message_ids (run, id) VALUES (run.n, message_id);
    END IF;
    INSERT INTO ${s}.messages (run, kind, topic, payload, sent_at) VALUES (run.n, kind, topic, payload, sent_at);
    IF run.owner IS NULL AND (run.due_at IS NULL OR run.due_at > due) THEN
      UPDATE ${s}.runs r SET due_at = due, wake_at = due WHERE r.n = run.n;
    END IF;
    RETURN 'sent';
  END $$;`;

const retry = (s: string): string => `
  CREATE FUNCTION ${s}.retry_run(run_id text, at bigint, entries text) RETURNS text LANGUAGE plpgsql AS $$
  DECLARE
    run record;
  BEGIN
    SELECT r.n, r.status, r.version INTO run FROM ${s}.runs r WHERE r.id = run_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
      RETURN 'unknown';
    ELSIF run.status NOT IN (${RETRYABLE}) THEN
      RETURN 'not-failed';
    END IF;
    UPDATE ${s}.runs r SET status = ${READY}, losses = 0, outcome = NULL, due_at = at, wake_at = at, updated_at = at, waiting_since = at, waiting_for = '', version = run.version + 1
      WHERE r.n = run.n;
    INSERT INTO ${s}.journal (run, version, entries) VALUES (run.n, run.version + 1, entries);
    RETURN 'ready';
  END $$;`;
