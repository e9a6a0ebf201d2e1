/**
 * Kills real worker processes at random moments while checkout runs are under way, against a service that itself fails, hangs and dies, and on PostgreSQL kills the
 * database as well. In the end every run has completed, and the service's ledger shows each effect exactly once.
 *
 *     npm run crash -- --kills 200 --runs 50 --seed 1
 *     npm run crash -- --store postgres --workers 4 --kills 1000 --db-kills 20
 */
import "./lib/pinned-node.mjs";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { Checkouts } from "./lib/checkouts.mjs";
import { flowc } from "./lib/flowc.mjs";
import { audit } from "./lib/orders.mjs";
import { startPostgres } from "./lib/postgres.mjs";
import { generator } from "./lib/random.mjs";
import { startShop } from "./lib/shop.mjs";
import { WorkerPool } from "./lib/worker-pool.mjs";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    runs: { type: "string", default: "50" },
    seed: { type: "string", default: String(Date.now() % 100_000) },
    store: { type: "string", default: "sqlite" },
    workers: { type: "string", default: "1" },
    "db-kills": { type: "string", default: "0" },
  },
});
const wanted = {
  kills: Number(values.kills),
  runs: Number(values.runs),
  workers: Number(values.workers),
  databaseKills: Number(values["db-kills"]),
};
const usesPostgres = values.store === "postgres";
if (!usesPostgres && values.store !== "sqlite") throw new Error(`--store is ${values.store}; it can be sqlite or postgres.`);
if (!usesPostgres && wanted.workers + wanted.databaseKills !== 1)
  throw new Error("SQLite takes one worker at a time, and has no server to kill.");
const random = generator(Number(values.seed));

const folder = mkdtempSync(path.join(tmpdir(), "flowc-crash-"));
const database = usesPostgres ? await startPostgres({ durable: true }) : undefined;
const store = database?.url ?? `sqlite:${path.join(folder, "flow.db")}`;
const bundle = path.join(folder, "checkout.mjs");
const started = Date.now();

const shop = await startShop(path.join(folder, "ledger.db"), {
  errors: 0.03,
  hangs: 0.005,
  deaths: 0.002,
  seed: Number(values.seed),
});
const env = { SHOP_URL: shop.url, SHOP_PATIENCE: "500" };

await succeed(["compile", "examples/checkout/checkout.ts", "--bundle", bundle]);
const program = await import(pathToFileURL(bundle).href);
const checkouts = new Checkouts(program, store, wanted.runs, wanted.kills);
await checkouts.start();
console.log(
  `seed ${values.seed}: ${wanted.runs} runs of ${checkouts.effects} effects at a time on ${values.store}, ${wanted.workers} worker(s), ` +
    `${wanted.kills} kills of workers and ${wanted.databaseKills} of the database to come`,
);

const pool = new WorkerPool(["worker", bundle, "--store", store], env, random);
const kills = await killAll();
await succeed(["worker", bundle, "--store", store, "--drain"]);
const completed = await checkouts.completed();
await checkouts.close();
await database?.stop();

const { effects, duplicates, losses, unexpected, conflicts } = audit(checkouts.orders, await shop.report());
const { requests, plans } = await shop.report();
await shop.stop();

console.log(
  `service: ${requests} requests (${Object.entries(plans)
    .map(([plan, count]) => `${count} ${plan}`)
    .join(", ")}), died ${shop.deaths()} times`,
);
console.log(`took ${Math.round((Date.now() - started) / 1000)} s`);
console.log(
  `kills ${kills.workers} of workers and ${kills.databases} of the database, ${pool.stopped.length} workers stopped by themselves`,
);
console.log(`runs ${completed} of ${checkouts.orders.length} completed, effects ${effects}`);
console.log(`duplicates ${duplicates}, losses ${losses}, unexpected ${unexpected}, conflicts ${conflicts}`);
for (const said of pool.stopped.slice(0, 5)) console.error(`a worker stopped by itself:\n${said}`);

const isWhole = completed === checkouts.orders.length && duplicates + losses + unexpected + conflicts === 0;
const fine = isWhole && kills.workers >= wanted.kills && kills.databases >= wanted.databaseKills && pool.stopped.length === 0;
if (fine) rmSync(folder, { recursive: true, force: true });
else console.error(`FAILED; ledger and program are in ${folder}`);
process.exitCode = fine ? 0 : 1;

/** Starts workers, `--workers` at a time, and kills each at a random moment; between them the database. */
async function killAll() {
  const done = { workers: 0, databases: 0 };
  let begun = 0;
  const slot = async () => {
    while (begun < wanted.kills) {
      begun++;
      while (!(await pool.killOne())) await delay(100);
      done.workers++;
      if (done.workers % 20 === 0) console.log(`${done.workers} kills, ${await checkouts.live()} runs under way`);
      await checkouts.topUp();
    }
  };
  const slots = Array.from({ length: wanted.workers }, slot);
  await Promise.all([...slots, killDatabase(done)]);
  return done;
}

/**
 * Evenly spread over the kills of workers: a crash, or a stop without a farewell, and after a while it is there again.
 * @param {{ workers: number, databases: number }} done
 */
async function killDatabase(done) {
  while (database !== undefined && done.databases < wanted.databaseKills) {
    while (done.workers < ((done.databases + 0.5) * wanted.kills) / wanted.databaseKills) await delay(20);
    pool.databaseIsAway = true;
    await database.end(random() < 0.5 ? "SIGKILL" : "SIGQUIT");
    await delay(random() * 1_500);
    await database.start();
    pool.databaseIsAway = false;
    done.databases++;
    console.log(`${done.databases} kills of the database`);
  }
}

/** @param {readonly string[]} arguments_ */
async function succeed(arguments_) {
  const { code, stdout, stderr } = await flowc(arguments_, { env });
  if (code !== 0) throw new Error(`flowc ${arguments_.join(" ")} ended with ${code}\n${stdout}${stderr}`);
}
