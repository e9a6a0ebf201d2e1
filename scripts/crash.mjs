/**
 * Kills real worker processes at random moments while checkout runs are under way, against a service that itself fails, hangs and dies.
 * In the end every run has completed, and the service's ledger shows each effect exactly once.
 *
 *     npm run crash -- --kills 200 --runs 50 --seed 1
 */
import "./lib/pinned-node.mjs";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { flowc, startFlowc } from "./lib/flowc.mjs";
import { audit, makeOrder } from "./lib/orders.mjs";
import { startShop } from "./lib/shop.mjs";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    runs: { type: "string", default: "50" },
    seed: { type: "string", default: String(Date.now() % 100_000) },
  },
});
const wanted = { kills: Number(values.kills), runs: Number(values.runs) };
const random = generator(Number(values.seed));

/** Items an order has, packed one every half second. A kill takes about a second, half of it a worker at work: so runs outlast the kills. */
const ITEMS = 6 + Math.ceil(wanted.kills * 0.7);
const PACKING = "500 ms";

const folder = mkdtempSync(path.join(tmpdir(), "flowc-crash-"));
const store = `sqlite:${path.join(folder, "flow.db")}`;
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
/** @type {import("../src/index.js").Flow} */
const flow = program.$flowc.open({ store: program.$flowc.openStore(store) });

const orders = Array.from({ length: wanted.runs }, (_, index) => makeOrder(`order-${index}`, ITEMS, PACKING, index % 5 === 0));
for (const order of orders) {
  const run = await flow.start(program.checkout, [order], { id: order.id });
  if (order.items[0] && order.items[0].cents > 100_000) await run.send("approval", true);
}
console.log(`seed ${values.seed}: ${orders.length} runs of ${ITEMS + 2} effects, ${wanted.kills} kills to come`);

const kills = await killWorkers();
await succeed(["worker", bundle, "--store", store, "--drain"]);
const ended = await flow.runs({ limit: orders.length });
await flow.close();

const completed = ended.filter((run) => run.status === "completed").length;
const { effects, duplicates, losses, unexpected, conflicts } = audit(orders, await shop.report());
const { requests, plans } = await shop.report();
await shop.stop();

console.log(
  `service: ${requests} requests (${Object.entries(plans)
    .map(([plan, count]) => `${count} ${plan}`)
    .join(", ")}), died ${shop.deaths()} times`,
);
console.log(`took ${Math.round((Date.now() - started) / 1000)} s`);
console.log(`kills ${kills}, runs ${completed} of ${orders.length} completed, effects ${effects}`);
console.log(`duplicates ${duplicates}, losses ${losses}, unexpected ${unexpected}, conflicts ${conflicts}`);

const fine = completed === orders.length && kills >= wanted.kills && duplicates + losses + unexpected + conflicts === 0;
if (fine) rmSync(folder, { recursive: true, force: true });
else console.error(`FAILED; store and ledger are in ${folder}`);
process.exitCode = fine ? 0 : 1;

/** Starts worker after worker and kills each at a random moment, as long as there are runs to disturb. */
async function killWorkers() {
  let done = 0;
  while (done < wanted.kills) {
    const worker = startFlowc(["worker", bundle, "--store", store], { env });
    // Some are killed before they are ready, most while they work.
    await Promise.race([worker.says(/ready/), delay(2000)]);
    await delay(random() * 350);
    await worker.kill();
    done++;
    if (done % 20 === 0) console.log(`${done} kills, ${await liveRuns()} runs under way`);
    if (done < wanted.kills && (await liveRuns()) === 0)
      throw new Error(`all runs ended after ${done} kills: nothing left to disturb`);
  }
  return done;
}

async function liveRuns() {
  return (await flow.runs({ status: ["ready", "running", "waiting"], limit: orders.length })).length;
}

/** @param {readonly string[]} arguments_ */
async function succeed(arguments_) {
  const { code, stdout, stderr } = await flowc(arguments_, { env });
  if (code !== 0) throw new Error(`flowc ${arguments_.join(" ")} ended with ${code}\n${stdout}${stderr}`);
}

/**
 * A small seeded generator (mulberry32), so that a failing sequence of kills can be tried again.
 * @param {number} seed
 */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
