/**
 * One statement out of several functions of the database, which are called one after the other: each is in a subquery that needs what the one before answered, so
 * that the database can neither do it earlier nor leave it out.
 *
 *     lock_runs ──▶ commit_runs ──▶ start_runs ──▶ … ──▶ tell_ends        each as far as the group has something for it
 */
import type { Statement, Value } from "./connect.js";

/** A call of a function; those after the commits are called with the committed runs before `values`. */
export interface Link {
  readonly name: string;
  readonly values: readonly Value[];
  /** It answers whether anybody was told of something. */
  readonly tells?: boolean;
}

/** Answers `done`, as `commit_runs` does, and `told`: whether one of the links that tell has told anybody. */
export function chain(schema: string, locks: Link | undefined, commits: Link, links: readonly Link[]): Statement {
  const values: Value[] = [];
  const places = (link: Link): string[] => link.values.map((value) => `$${values.push(value)}`);
  const call = (link: Link, args: readonly string[]): string => `${schema}.${link.name}(${args.join()})`;
  const parts: string[] = [];
  if (locks !== undefined) parts.push(`(SELECT ${call(locks, places(locks))} AS ok) l`);
  parts.push(`LATERAL (SELECT ${call(commits, places(commits))} AS done${locks === undefined ? "" : " WHERE l.ok"}) c`);
  for (const [at, link] of links.entries()) {
    const after = at === 0 ? "" : ` WHERE x${at - 1}.ok IS NOT NULL`;
    parts.push(`LATERAL (SELECT ${call(link, ["c.done", ...places(link)])} AS ok${after}) x${at}`);
  }
  const told = links.flatMap(({ tells }, at) => (tells ? [`x${at}.ok`] : []));
  return {
    name: nameOf([...(locks === undefined ? [] : [locks]), commits, ...links]),
    text: `SELECT c.done, ${told.length === 0 ? "false" : told.join(" OR ")} AS told FROM ${parts.join(" CROSS JOIN ")}`,
    values,
  };
}

const names = new Map<string, string>();

/** A name of its own for each combination; PostgreSQL takes 63 characters, which the names of all links together exceed. */
function nameOf(links: readonly Link[]): string {
  const all = links.map(({ name }) => name).join();
  let name = names.get(all);
  if (name === undefined) names.set(all, (name = `chain ${names.size}`));
  return name;
}
