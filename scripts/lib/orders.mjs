/**
 * Orders for the crash test, and what the ledger has to show once each of them has been shipped.
 *
 * @typedef {import("../../examples/checkout/checkout.ts").Order} Order
 * @typedef {import("../../examples/checkout/ledger.ts").Report} Report
 */

/**
 * @param {string} id
 * @param {number} items
 * @param {string} packing
 * @param {boolean} large whether somebody has to approve it
 * @returns {Order}
 */
export function makeOrder(id, items, packing, large) {
  const cents = large ? 200_000 : 100;
  return {
    id,
    card: { number: `4000-${id}` },
    items: Array.from({ length: items }, (_, index) => ({ sku: `${id}-item-${index}`, cents: index === 0 ? cents : 1 })),
    packing,
  };
}

/**
 * Compares the ledger with what the orders should have caused, each effect once.
 * @param {readonly Order[]} orders
 * @param {Report} report
 */
export function audit(orders, report) {
  const counts = new Map();
  for (const effect of report.effects) {
    const what = nameOf(effect.kind, JSON.parse(effect.args));
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  const expected = new Set(orders.flatMap(effectsOf));
  return {
    effects: report.effects.length,
    duplicates: report.effects.length - counts.size,
    losses: [...expected].filter((what) => !counts.has(what)).length,
    unexpected: [...counts.keys()].filter((what) => !expected.has(what)).length,
    conflicts: report.conflicts.length,
  };
}

/** @param {Order} order */
function effectsOf({ id, items }) {
  return [`reserve ${id}`, `charge ${id}`, ...items.map(({ sku }) => `ship ${id} ${sku}`)];
}

/**
 * @param {string} kind
 * @param {{ order?: string, sku?: string }} args
 */
function nameOf(kind, { order, sku }) {
  return [kind, order, sku].filter((part) => part !== undefined).join(" ");
}
