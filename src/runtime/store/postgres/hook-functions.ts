/** Hooks and schedules, as functions in the database; see `functions.ts` for the order of locks, `outward-functions.ts` for those that come with commits. */
import { statusNumber } from "../rows.js";

export function hookFunctions(s: string): string {
  return [tellHooks(s), claimDeliveries(s), deleteHook(s), putSchedule(s)].join("\n");
}

/**
 * Leaves word for the hooks: what there is to tell is in the rows of the runs, which their commits have written and locked. Answers whether there is any hook that
 * wants to know. No hook is locked, so one that is taken out at the same time may leave some deliveries, which nobody is given: a hook of the same name that is made later
 * has another number.
 */
const tellHooks = (s: string): string => `
  CREATE FUNCTION ${s}.tell_hooks(done bigint[], source bigint[]) RETURNS boolean LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO ${s}.deliveries (hook, run, event, at, version, due_at, outcome)
      SELECT h.n, r.n, r.status, r.updated_at, r.version, least(r.updated_at, ${s}.now_ms()),
          CASE WHEN r.status <> ${statusNumber("completed")} THEN r.outcome END
        FROM ${s}.hooks h CROSS JOIN unnest(source) WITH ORDINALITY AS x (source, place) JOIN ${s}.runs r ON r.n = x.source
        WHERE h.events & (1 << r.status) <> 0 AND (done IS NULL OR x.source = ANY (done)) ORDER BY x.place, h.n;
    RETURN FOUND;
  END $$;`;

/**
 * Hands over deliveries, the longest due first; those that another worker is just taking are left to it. Claims carry growing numbers: one that arrives after a later one
 * takes nothing. With `holds`, what the worker knows to hold, the others it holds are given back first.
 */
const claimDeliveries = (s: string): string => `
  CREATE FUNCTION ${s}.claim_deliveries(worker text, claim bigint, now bigint, at_most bigint, names text[], holds bigint[])
  RETURNS TABLE (id bigint, hook text, run text, event smallint, at bigint, version bigint, attempt bigint, outcome bytea) LANGUAGE plpgsql AS $$
  #variable_conflict use_column
  DECLARE
    wanted bigint[] := ARRAY(SELECT h.n FROM ${s}.hooks h WHERE h.name = ANY (names));
  BEGIN
    IF holds IS NULL AND NOT EXISTS (SELECT FROM ${s}.deliveries d WHERE d.hook = ANY (wanted) AND d.owner IS NULL AND d.due_at <= now) THEN
      RETURN;
    END IF;
    UPDATE ${s}.workers w SET delivery_claims = claim WHERE w.id = worker AND w.delivery_claims < claim;
    IF NOT FOUND THEN
      RETURN;
    END IF;
    IF holds IS NOT NULL THEN
      UPDATE ${s}.deliveries d SET owner = NULL WHERE d.owner = worker AND d.id <> ALL (holds);
    END IF;
    RETURN QUERY WITH due AS (
      SELECT f.id FROM unnest(wanted) AS h (n) CROSS JOIN LATERAL (
        SELECT d.id, d.due_at FROM ${s}.deliveries d WHERE d.hook = h.n AND d.owner IS NULL AND d.due_at <= now
          ORDER BY d.due_at, d.id LIMIT at_most FOR UPDATE SKIP LOCKED
      ) f ORDER BY f.due_at, f.id LIMIT at_most
    ), u AS (
      UPDATE ${s}.deliveries d SET owner = worker, attempt = d.attempt + 1 FROM due WHERE d.id = due.id RETURNING d.*
    )
    SELECT u.id, h.name, r.id, u.event, u.at, u.version, u.attempt, u.outcome
      FROM u JOIN ${s}.hooks h ON h.n = u.hook JOIN ${s}.runs r ON r.n = u.run ORDER BY u.due_at, u.id;
  END $$;`;

/** With it go deliveries of hooks that were taken out before, which commits under way at the time have left. */
const deleteHook = (s: string): string => `
  CREATE FUNCTION ${s}.delete_hook(hook_name text) RETURNS boolean LANGUAGE plpgsql AS $$
  DECLARE
    existed boolean;
  BEGIN
    DELETE FROM ${s}.hooks h WHERE h.name = hook_name;
    existed := FOUND;
    DELETE FROM ${s}.deliveries d WHERE NOT EXISTS (SELECT FROM ${s}.hooks h WHERE h.n = d.hook);
    RETURN existed;
  END $$;`;

/** Answers what `commit_runs` does when all or nothing was committed, so that runs and messages come after it in the same way: NULL when it was written, otherwise none. */
const putSchedule = (s: string): string => `
  CREATE FUNCTION ${s}.put_schedule(
    expected text, schedule text, workflow text, version text, due_at bigint, definition text, args bytea
  ) RETURNS bigint[] LANGUAGE plpgsql AS $$
  #variable_conflict use_column
  BEGIN
    IF expected IS NULL THEN
      INSERT INTO ${s}.schedules (name, workflow, version, due_at, definition, args)
        VALUES (put_schedule.schedule, put_schedule.workflow, put_schedule.version, put_schedule.due_at, put_schedule.definition, put_schedule.args)
        ON CONFLICT DO NOTHING;
    ELSE
      -- Of two that know the version the later one waits here, and then finds another version.
      UPDATE ${s}.schedules s SET workflow = put_schedule.workflow, version = put_schedule.version, due_at = put_schedule.due_at,
          definition = put_schedule.definition, args = put_schedule.args
        WHERE s.name = put_schedule.schedule AND s.version = put_schedule.expected;
    END IF;
    RETURN CASE WHEN FOUND THEN NULL ELSE '{}'::bigint[] END;
  END $$;`;
