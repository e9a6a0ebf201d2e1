import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { endWithParent } from "./children.mjs";
import { inRoot } from "./root.mjs";

/**
 * The example's HTTP service as a child process that is started again whenever it dies, on the port it had.
 *
 * @typedef {{ errors?: number, hangs?: number, deaths?: number, seed?: number }} Faults
 * @param {string} ledger file of the service's own database
 * @param {Faults} [faults] chances, between 0 and 1, that a request goes wrong
 */
export async function startShop(ledger, faults = {}) {
  let stopped = false;
  let deaths = 0;
  let { child, url } = await launch(ledger, faults, "0");
  const port = new URL(url).port;
  watch();

  function watch() {
    child.once("exit", () => {
      if (!stopped) void again();
    });
  }

  async function again() {
    deaths++;
    ({ child } = await launch(ledger, faults, port));
    if (stopped) child.kill("SIGKILL");
    else watch();
  }

  return {
    url,
    /** How often it has died and was started again. */
    deaths: () => deaths,
    async report() {
      for (;;) {
        try {
          return await reportOf(url);
        } catch {
          await delay(50); // it is being started again
        }
      }
    },
    async stop() {
      stopped = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

/**
 * @param {string} ledger
 * @param {Faults} faults
 * @param {string} port
 */
async function launch(ledger, faults, port) {
  const options = Object.entries(faults).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const arguments_ = [inRoot("examples/checkout/service.ts"), "--ledger", ledger, "--port", port, ...options];
  const child = spawn(process.execPath, arguments_, { stdio: ["ignore", "pipe", "inherit"] });
  endWithParent(child);
  for await (const line of createInterface({ input: child.stdout })) {
    const url = line.split(" ").at(-1);
    if (url?.startsWith("http")) return { child, url };
  }
  throw new Error("the service ended before it listened");
}

/**
 * @param {string} url
 * @returns {Promise<import("../../examples/checkout/ledger.ts").Report>}
 */
async function reportOf(url) {
  const response = await fetch(`${url}/ledger`);
  return /** @type {any} */ (await response.json());
}
