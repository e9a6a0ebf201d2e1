/** `npm run demo`: a checkout that is killed half way through its loop, looked at while nothing runs, and finished by another process. */
import "./lib/pinned-node.mjs";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startFlowc } from "./lib/flowc.mjs";
import { audit, makeOrder } from "./lib/orders.mjs";
import { inRoot } from "./lib/root.mjs";
import { startShop } from "./lib/shop.mjs";

if (spawnSync(process.execPath, [inRoot("scripts/build.mjs")], { stdio: "inherit" }).status !== 0) process.exit(1);

const program = "examples/checkout/checkout.ts";
const folder = mkdtempSync(path.join(tmpdir(), "flowc-demo-"));
const store = ["--store", `sqlite:${path.join(folder, "flow.db")}`];
const order = makeOrder("order-17", 4, "1 second", false);

const shop = await startShop(path.join(folder, "ledger.db"), { errors: 0.15, seed: 28 });
const env = { SHOP_URL: shop.url };

title("A worker runs examples/checkout/checkout.ts: reserve, charge, then pack and ship four items in a loop inside a try");
const first = show(["run", program, "--id", order.id, "--input", JSON.stringify(order), ...store]);
await first.says(/(?:done +ship[^]*){2}/);
await first.kill();

title("kill -9. No process runs now; this is the stack that is in the store");
await show(["inspect", order.id, "--program", program, ...store]).ended;

title("Another worker goes on with the next statement");
const second = await show(["worker", program, "--drain", ...store]).ended;
await show(["inspect", order.id, "--program", program, ...store]).ended;

title("What the shop's own ledger says");
const report = await shop.report();
await shop.stop();
for (const { key, kind, args } of report.effects) console.log(`  ${kind.padEnd(8)} ${key.padEnd(12)} ${args.slice(0, 90)}`);
const { duplicates, losses, unexpected, conflicts } = audit([order], report);
const lost = report.plans["error after"] ?? 0;
console.log(
  `\n  ${report.requests} requests; ${lost} were carried out and then answered with 500, and came again under the same key`,
);
console.log(`  ${report.effects.length} effects: ${duplicates} done twice, ${losses} missing`);

const fine = second.code === 0 && duplicates + losses + unexpected + conflicts === 0;
rmSync(folder, { recursive: true, force: true });
process.exitCode = fine ? 0 : 1;

/** @param {string} text */
function title(text) {
  console.log(`\n── ${text}\n`);
}

/** @param {readonly string[]} arguments_ */
function show(arguments_) {
  console.log(`$ flowc ${arguments_.map((each) => (/[{ ]/.test(each) ? `'${each}'` : each)).join(" ")}`);
  const running = startFlowc(arguments_, { env });
  running.child.stdout.pipe(process.stdout, { end: false });
  running.child.stderr.pipe(process.stderr, { end: false });
  return running;
}
