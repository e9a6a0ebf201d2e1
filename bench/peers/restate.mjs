import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import * as restate from "@restatedev/restate-sdk";
import { both } from "./workloads.mjs";

const SERVICE = 19_080;
const INGRESS = "http://127.0.0.1:8080";
const ADMIN = "http://127.0.0.1:9070";

/** Restate keeps its own log and its own store, in its own server. */
export async function onItsServer() {
  const folder = mkdtempSync(path.join(tmpdir(), "restate-"));
  const binary = path.join(
    path.dirname(createRequire(import.meta.url).resolve("@restatedev/restate-server-linux-x64/package.json")),
    "bin/restate-server",
  );
  const server = spawn(binary, ["--base-dir", folder, "--node-name", "peers"], { stdio: "ignore" });
  try {
    const steps = restate.workflow({
      name: "steps",
      handlers: {
        run: async (ctx, count) => {
          for (let n = 0; n < count; n++) await ctx.run("step", () => n);
          return count;
        },
      },
    });
    await restate.serve({ services: [steps], port: SERVICE });
    await until(() => fetch(`${ADMIN}/health`));
    const body = JSON.stringify({ uri: `http://127.0.0.1:${SERVICE}` });
    await fetch(`${ADMIN}/deployments`, { method: "POST", headers: { "content-type": "application/json" }, body });
    await until(() => fetch(`${INGRESS}/restate/health`));
    let ids = 0;
    return await both(async (count) => {
      const answer = await fetch(`${INGRESS}/steps/r${ids++}/run`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(count),
      });
      if (!answer.ok) throw new Error(`Restate answers ${answer.status}: ${await answer.text()}`);
      return answer.json();
    });
  } finally {
    server.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function until(call) {
  for (let attempt = 0; ; attempt++) {
    try {
      const answer = await call();
      if (answer.ok) return;
    } catch (error) {
      if (attempt > 200) throw error;
    }
    await delay(100);
  }
}
