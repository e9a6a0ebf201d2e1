/**
 * The same work on other engines, one table: `npm install && npm run bench` in this folder, after `npm run build` in the project. Each engine in a process of its own,
 * alternately with flowc on the same store; medians of the rounds. `PEERS=flowc,dbos` picks some.
 */
import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startPostgres } from "../../scripts/lib/postgres.mjs";
import { MANY, ONE } from "./workloads.mjs";

const ROUNDS = Number(process.env.PEER_ROUNDS ?? 3);
const TASKS = {
  "flowc, SQLite": ["./flowc.mjs", "onSqlite"],
  "OpenWorkflow, SQLite": ["./openworkflow.mjs", "onSqlite"],
  "LangGraph, SQLite checkpointer": ["./langgraph.mjs", "onSqlite"],
  "flowc, PostgreSQL": ["./flowc.mjs", "onPostgres"],
  "DBOS, PostgreSQL": ["./dbos.mjs", "onPostgres"],
  "OpenWorkflow, PostgreSQL": ["./openworkflow.mjs", "onPostgres"],
  "Restate, its own server": ["./restate.mjs", "onItsServer"],
};

let databases = 0;

if (process.send) await work();
else await compare();

/** One engine, once, in this process. */
async function work() {
  const [name, target, folder] = process.argv.slice(2);
  const [file, measure] = TASKS[name];
  let answer;
  try {
    const module = await import(file);
    answer = { result: await module[measure](target, folder) };
  } catch (error) {
    answer = { problem: String(error?.message ?? error).split("\n")[0] };
  }
  process.send(answer, () => process.exit(0));
}

async function compare() {
  const wanted = process.env.PEERS?.toLowerCase().split(",");
  const names = Object.keys(TASKS).filter((name) => wanted?.some((each) => name.toLowerCase().includes(each)) ?? true);
  const server = await startPostgres({ durable: true });
  const found = new Map(names.map((name) => [name, []]));
  try {
    for (let round = 0; round < ROUNDS; round++) for (const name of names) found.get(name).push(await once(name, server.url));
  } finally {
    await server.stop();
  }
  console.log(`steps a second: one run of ${ONE.steps} steps; ${MANY.runs} runs of ${MANY.steps} steps at once`);
  for (const [name, answers] of found) {
    const results = answers.flatMap(({ result }) => (result ? [result] : []));
    const text = (key) =>
      median(results.map((each) => each[key]))
        .toFixed(0)
        .padStart(8);
    console.log(name.padEnd(32), results.length === 0 ? `not measured: ${answers[0].problem}` : `${text("one")} ${text("many")}`);
  }
}

/** Its own database, file and process. */
async function once(name, url) {
  const folder = mkdtempSync(path.join(tmpdir(), "flowc-peers-"));
  const database = new URL(url);
  database.pathname = `/${await createDatabase(url)}`;
  const target = name.includes("PostgreSQL") ? database.href : path.join(folder, "bench.db");
  // Its native module may have been built for another Node than the one that runs the rest.
  const execPath = (name.startsWith("LangGraph") && process.env.LANGGRAPH_NODE) || process.execPath;
  const options = { stdio: ["ignore", "ignore", "ignore", "ipc"], execPath };
  const child = fork(import.meta.filename, [name, target, folder], options);
  const gone = new Promise((resolve) => child.once("exit", () => resolve({ problem: "it ended without an answer" })));
  const late = setTimeout(() => child.kill("SIGKILL"), 120_000);
  const answer = await Promise.race([new Promise((resolve) => child.once("message", resolve)), gone]);
  await gone;
  clearTimeout(late);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  return answer;
}

async function createDatabase(url) {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const name = `peers${databases++}`;
    await client.query(`CREATE DATABASE ${name}`);
    return name;
  } finally {
    await client.end();
  }
}

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
