/** Tasks and cached results, as functions in the database; see `functions.ts` for the order of locks, `outward-functions.ts` for those that come with commits. */
import { kindNumber } from "../rows.js";

const STEP = kindNumber("step");
const committed = "(done IS NULL OR x.source = ANY (done))";

export function taskFunctions(s: string): string {
  return [withdrawTasks(s), putTasks(s), putCached(s), claimTasks(s), finishTask(s)].join("\n");
}

const withdrawTasks = (s: string): string => `
  CREATE FUNCTION ${s}.withdraw_tasks(done bigint[], source bigint[], call bigint[]) RETURNS boolean LANGUAGE plpgsql AS $$
  BEGIN
    DELETE FROM ${s}.tasks t USING unnest(withdraw_tasks.source, withdraw_tasks.call) AS x (source, call)
      WHERE t.run = x.source AND t.call = x.call AND ${committed};
    RETURN true;
  END $$;`;

const putTasks = (s: string): string => `
  CREATE FUNCTION ${s}.put_tasks(
    done bigint[], source bigint[], call bigint[], attempt bigint[], queue text[], step text[], key text[], priority double precision[], due_at bigint[],
    payload bytea[], details bytea[]
  ) RETURNS boolean LANGUAGE plpgsql AS $$
  #variable_conflict use_column
  BEGIN
    INSERT INTO ${s}.tasks AS t (run, call, attempt, queue, step, key, priority, due_at, payload, details)
      SELECT y.source, y.call, y.attempt, y.queue, y.step, y.key, y.priority, y.due_at, y.payload, y.details FROM (
        SELECT DISTINCT ON (x.source, x.call) x.*
          FROM unnest(put_tasks.source, put_tasks.call, put_tasks.attempt, put_tasks.queue, put_tasks.step, put_tasks.key, put_tasks.priority, put_tasks.due_at,
            put_tasks.payload, put_tasks.details)
            WITH ORDINALITY AS x (source, call, attempt, queue, step, key, priority, due_at, payload, details, place)
          WHERE ${committed} ORDER BY x.source, x.call, x.attempt DESC, x.place
      ) y
      -- What has ended, and the run has not been told yet, is not made again.
      WHERE NOT EXISTS (SELECT FROM ${s}.messages m WHERE m.run = y.source AND m.kind = ${STEP} AND m.topic = y.call || ':' || y.attempt)
      ORDER BY y.place
      ON CONFLICT (run, call) DO UPDATE SET attempt = EXCLUDED.attempt, queue = EXCLUDED.queue, step = EXCLUDED.step, key = EXCLUDED.key,
        priority = EXCLUDED.priority, due_at = EXCLUDED.due_at, payload = EXCLUDED.payload, details = EXCLUDED.details, owner = NULL
        WHERE t.attempt < EXCLUDED.attempt;
    RETURN true;
  END $$;`;

/** A few results that are over go with it, so that they go as fast as new ones come. */
const putCached = (s: string): string => `
  CREATE FUNCTION ${s}.put_cached(done bigint[], source bigint[], key bytea[], value bytea[], good_until bigint[], at bigint) RETURNS boolean LANGUAGE plpgsql AS $$
  #variable_conflict use_column
  BEGIN
    INSERT INTO ${s}.cache (key, value, good_until)
      SELECT DISTINCT ON (x.key) x.key, x.value, x.good_until
        FROM unnest(put_cached.source, put_cached.key, put_cached.value, put_cached.good_until) WITH ORDINALITY AS x (source, key, value, good_until, place)
        WHERE ${committed} ORDER BY x.key, x.place DESC
      ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value, good_until = EXCLUDED.good_until;
    DELETE FROM ${s}.cache c WHERE c.key IN (SELECT o.key FROM ${s}.cache o WHERE o.good_until <= put_cached.at ORDER BY o.good_until LIMIT 4 FOR UPDATE SKIP LOCKED);
    RETURN true;
  END $$;`;

/**
 * Hands over tasks. Whoever takes tasks of a queue with limits locks its row first, so that what it counts is so until it has taken them; queues without limits are
 * shared by skipping what others lock. Claims carry growing numbers: one that arrives after a later one takes nothing. With `holds`, what the worker knows to hold, the
 * others it holds are given back first.
 */
const claimTasks = (s: string): string => `
  CREATE FUNCTION ${s}.claim_tasks(
    worker text, claim bigint, now bigint, at_most bigint, holds bigint[], steps text[], queues text[], concurrency bigint[], per_key bigint[], rate_limit double precision[],
    rate_ms double precision[]
  ) RETURNS TABLE (id bigint, run text, call bigint, attempt bigint, queue text, step text, key text, priority double precision, due_at bigint, payload bytea, details bytea)
  LANGUAGE plpgsql AS $$
  #variable_conflict use_column
  DECLARE
    at integer;
    room double precision;
    next double precision;
    taken bigint;
    remaining bigint := at_most;
  BEGIN
    IF holds IS NULL AND NOT EXISTS (SELECT FROM ${s}.tasks t WHERE t.queue = ANY (queues) AND t.owner IS NULL AND t.due_at <= now) THEN
      RETURN;
    END IF;
    UPDATE ${s}.workers w SET task_claims = claim WHERE w.id = worker AND w.task_claims < claim;
    IF NOT FOUND THEN
      RETURN;
    END IF;
    IF holds IS NOT NULL THEN
      UPDATE ${s}.tasks t SET owner = NULL WHERE t.owner = worker AND t.id <> ALL (holds);
    END IF;
    INSERT INTO ${s}.queues (name) SELECT x.name FROM unnest(queues, concurrency, per_key, rate_limit) AS x (name, a, b, c)
      WHERE coalesce(x.a, x.b, x.c) IS NOT NULL AND NOT EXISTS (SELECT FROM ${s}.queues q WHERE q.name = x.name) ORDER BY x.name ON CONFLICT DO NOTHING;
    PERFORM FROM ${s}.queues q JOIN unnest(queues, concurrency, per_key, rate_limit) AS x (name, a, b, c) ON q.name = x.name
      WHERE coalesce(x.a, x.b, x.c) IS NOT NULL ORDER BY q.name FOR UPDATE OF q;

    FOR at IN 1 .. cardinality(queues) LOOP
      EXIT WHEN remaining <= 0;
      room := remaining;
      IF concurrency[at] IS NOT NULL THEN
        room := least(room, concurrency[at] - (SELECT count(*) FROM ${s}.tasks t WHERE t.queue = queues[at] AND t.owner IS NOT NULL));
      END IF;
      IF rate_limit[at] IS NOT NULL THEN
        -- See \`rate.ts\`.
        next := greatest(now, (SELECT q.next_at FROM ${s}.queues q WHERE q.name = queues[at]));
        room := least(room, floor((rate_ms[at] - (next - now)) / (rate_ms[at] / rate_limit[at]) + 1e-6));
      END IF;
      CONTINUE WHEN room <= 0;
      IF per_key[at] IS NULL THEN
        RETURN QUERY WITH due AS (
          SELECT t.id FROM ${s}.tasks t WHERE t.queue = queues[at] AND t.owner IS NULL AND t.due_at <= now AND t.step = ANY (steps)
            ORDER BY t.priority DESC, t.due_at, t.id LIMIT room::bigint FOR UPDATE SKIP LOCKED
        ), u AS (UPDATE ${s}.tasks t SET owner = worker FROM due WHERE t.id = due.id RETURNING t.*)
        SELECT u.id, r.id, u.call, u.attempt, u.queue, u.step, u.key, u.priority, u.due_at, u.payload, u.details
          FROM u JOIN ${s}.runs r ON r.n = u.run ORDER BY u.priority DESC, u.due_at, u.id;
      ELSE
        -- Of each key as many as fit beside those under way. Tasks without a key have no limit of their own.
        RETURN QUERY WITH free AS (
          SELECT t.id, t.key, t.priority, t.due_at, row_number() OVER (PARTITION BY t.key ORDER BY t.priority DESC, t.due_at, t.id) AS place
            FROM ${s}.tasks t WHERE t.queue = queues[at] AND t.owner IS NULL AND t.due_at <= now AND t.step = ANY (steps)
        ), busy AS MATERIALIZED (
          SELECT t.key, count(*) AS n FROM ${s}.tasks t WHERE t.queue = queues[at] AND t.owner IS NOT NULL AND t.key IS NOT NULL GROUP BY t.key
        ), due AS (
          SELECT f.id FROM free f WHERE f.key IS NULL OR f.place <= per_key[at] - coalesce((SELECT b.n FROM busy b WHERE b.key = f.key), 0)
            ORDER BY f.priority DESC, f.due_at, f.id LIMIT room::bigint
        ), u AS (UPDATE ${s}.tasks t SET owner = worker FROM due WHERE t.id = due.id AND t.owner IS NULL RETURNING t.*)
        SELECT u.id, r.id, u.call, u.attempt, u.queue, u.step, u.key, u.priority, u.due_at, u.payload, u.details
          FROM u JOIN ${s}.runs r ON r.n = u.run ORDER BY u.priority DESC, u.due_at, u.id;
      END IF;
      GET DIAGNOSTICS taken = ROW_COUNT;
      remaining := remaining - taken;
      IF rate_limit[at] IS NOT NULL AND taken > 0 THEN
        UPDATE ${s}.queues q SET next_at = next + taken * rate_ms[at] / rate_limit[at] WHERE q.name = queues[at];
      END IF;
    END LOOP;
  END $$;`;

/** The run is locked before the task, as by a commit that withdraws it. */
const finishTask = (s: string): string => `
  CREATE FUNCTION ${s}.finish_task(task bigint, worker text, payload bytea, at bigint) RETURNS boolean LANGUAGE plpgsql AS $$
  DECLARE
    ended record;
  BEGIN
    PERFORM FROM ${s}.runs r WHERE r.n = (SELECT t.run FROM ${s}.tasks t WHERE t.id = task) FOR NO KEY UPDATE;
    DELETE FROM ${s}.tasks t WHERE t.id = task AND t.owner = worker RETURNING t.run, t.call, t.attempt INTO ended;
    IF ended.run IS NULL THEN
      RETURN false;
    END IF;
    PERFORM ${s}.deliver(ARRAY[ended.run], ${STEP}::smallint, ARRAY[ended.call || ':' || ended.attempt], ARRAY[payload], ARRAY[at]);
    RETURN true;
  END $$;`;
