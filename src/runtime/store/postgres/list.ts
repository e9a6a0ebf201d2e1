import { statusNumber } from "../rows.js";
import type { RunQuery } from "../store.js";
import { summaryColumns } from "./claim.js";
import type { Statement, Value } from "./connect.js";

const DEFAULT_LIMIT = 100;

/** The statement for a query. There is one for each set of conditions, so that each is planned for what it asks. */
export function listStatement(s: string, query: RunQuery): Statement {
  const { status, workflow, note = {}, since, parent, after, limit = DEFAULT_LIMIT } = query;
  const values: Value[] = [];
  const conditions: string[] = [];
  const place = (value: Value): string => `$${values.push(value)}`;
  const numberOf = (id: string): string => `(SELECT n FROM ${s}.runs WHERE id = ${place(id)})`;
  if (status !== undefined) conditions.push(`r.status = ANY (${place(`{${status.map(statusNumber).join()}}`)}::smallint[])`);
  if (workflow !== undefined) conditions.push(`r.workflow = ${place(workflow)}`);
  if (since !== undefined) conditions.push(`r.created_at >= ${place(Math.ceil(since))}`);
  if (parent !== undefined) conditions.push(`r.parent = ${numberOf(parent)}`);
  if (after !== undefined) conditions.push(`r.n < ${numberOf(after)}`);
  for (const [key, value] of Object.entries(note)) {
    const [k, v] = [`${place(JSON.stringify(key))}::text`, `${place(JSON.stringify(value))}::text`];
    conditions.push(
      `r.n IN (SELECT f.run FROM ${s}.notes f WHERE hashtextextended(f.key, 0) = hashtextextended(${k} COLLATE "C", 0) ` +
        `AND hashtextextended(f.value, 0) = hashtextextended(${v} COLLATE "C", 0) AND f.key = ${k} AND f.value = ${v})`,
    );
  }
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")} `;
  const text = `SELECT ${summaryColumns(s)} FROM ${s}.runs r ${where}ORDER BY r.n DESC LIMIT ${place(limit)}::bigint`;
  const names = Object.entries({ status, workflow, since, parent, after }).filter(([, value]) => value !== undefined);
  return { name: `list ${names.map(([name]) => name).join()} ${Object.keys(note).length}`, text, values };
}
