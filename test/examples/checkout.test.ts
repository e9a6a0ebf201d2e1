import { expect, onTestFinished, test } from "vitest";
import { startFlowc, flowc } from "../../scripts/lib/flowc.mjs";
import { audit, makeOrder } from "../../scripts/lib/orders.mjs";
import { startShop } from "../../scripts/lib/shop.mjs";
import { temporaryFolder } from "./folder.js";

type Shop = Awaited<ReturnType<typeof startShop>>;

const program = "examples/checkout/checkout.ts";

test("killed inside the loop inside the try, it goes on with the next item and does nothing twice", async () => {
  const { store, env, shop } = await world({ errors: 0.2, hangs: 0.02, deaths: 0.02, seed: 11 });
  const order = makeOrder("order-1", 5, "300 ms", false);
  const first = startFlowc(["run", program, "--id", order.id, "--input", JSON.stringify(order), ...store], { env });
  await first.says(/(?:done +ship[^]*){2}/);
  await first.kill();

  const inspected = await flowc(["inspect", order.id, "--program", program, ...store]);
  expect(inspected.stdout).toMatch(/^ {2}checkout {2}examples\/checkout\/checkout.ts:\d+:\d+$/m);
  expect(inspected.stdout).toMatch(/^ {2}> \d+ \| +(?:sleep\(packing\)|parcels.push\(ship\(id, item\)\));$/m);
  expect(inspected.stdout).toMatch(/parcels +\[ \{ id: 'parcel-\d+' \}, \{ id: 'parcel-\d+' \}/);

  const second = await flowc(["worker", program, "--drain", ...store], { env });
  expect(second.stderr).toBe("");
  expect(second.stdout).not.toMatch(/done +(?:reserve|charge)/);
  const { stdout } = await flowc(["runs", ...store]);
  expect(stdout).toMatch(/order-1 +completed/);
  expect(audit([order], await shop.report())).toEqual({ effects: 7, duplicates: 0, losses: 0, unexpected: 0, conflicts: 0 });
});

test("a large order waits for a person", async () => {
  const { store, env, shop } = await world();
  const order = makeOrder("order-2", 1, "10 ms", true);
  const running = startFlowc(["run", program, "--id", order.id, "--input", JSON.stringify(order), ...store], { env });
  await running.says(/waiting +message on channel "approval"/);
  await flowc(["send", order.id, "approval", "true", ...store]);
  const { stdout, code } = await running.ended;
  expect(stdout).toMatch(/completed +\{ status: 'shipped', paid: 200000, parcels: \[ 'parcel-\d+' \] \}/);
  expect(code).toBe(0);
  expect(audit([order], await shop.report())).toMatchObject({ effects: 3, duplicates: 0, losses: 0 });
});

test("nobody answers: the reservation is released", async () => {
  const { store, env, shop } = await world();
  const order = { ...makeOrder("order-3", 1, "10 ms", true), patience: "200 ms" };
  const { stdout } = await flowc(["run", program, "--input", JSON.stringify(order), ...store], { env });
  expect(stdout).toContain("completed  { status: 'declined' }");
  expect((await shop.report()).effects.map(({ kind }) => kind)).toEqual(["reserve", "release"]);
});

test("an item that cannot be shipped: what was done is taken back, and the run fails with the shop's reason", async () => {
  const { store, env, shop } = await world({ errors: 0.2, seed: 5 });
  const order = makeOrder("order-4", 2, "10 ms", false);
  const items = [...order.items, { sku: "unicorn", cents: 1 }];
  const { stderr, code } = await flowc(
    ["run", program, "--id", order.id, "--input", JSON.stringify({ ...order, items }), ...store],
    { env },
  );
  expect(stderr).toMatch(/^error: run order-4 failed: StepError: .*ship: 422 out of stock/);
  expect(code).toBe(1);
  expect((await shop.report()).effects.map(({ kind }) => kind)).toEqual([
    "reserve",
    "charge",
    "ship",
    "ship",
    "recall",
    "recall",
    "refund",
  ]);
});

async function world(
  faults?: Parameters<typeof startShop>[1],
): Promise<{ shop: Shop; store: string[]; env: Record<string, string> }> {
  const folder = temporaryFolder();
  const shop = await startShop(`${folder}/ledger.db`, faults);
  onTestFinished(() => shop.stop());
  return { shop, store: ["--store", `sqlite:${folder}/flow.db`], env: { SHOP_URL: shop.url, SHOP_PATIENCE: "400" } };
}
