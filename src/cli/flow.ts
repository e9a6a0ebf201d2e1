import type { Flow } from "../plugin/host.js";
import type { Host } from "../plugin/load.js";
import type { Logger } from "../runtime/ports.js";
import type { Commit } from "../runtime/store/store.js";
import { keysOf, KEYS_VARIABLE } from "./keys.js";
import { observed } from "./observe.js";

export type { Flow };

interface FlowOptions {
  /** The host API of a loaded program; default: this package's own. */
  readonly host?: Host;
  /** Sees every commit. */
  readonly listener?: (commit: Commit) => void;
  /** Sees what the bodies of steps write to the console. */
  readonly said?: Logger["said"];
}

/** What is told anyway: by the error the command ends with, and by the journal of the run that fails. */
const TOLD: ReadonlySet<string> = new Set(["the worker has stopped", "a run cannot be loaded"]);

/** Warnings of the worker in one line each, on stderr. */
const logger = {
  info: () => undefined,
  warn: (message: string, facts: Readonly<Record<string, unknown>> = {}) => {
    if (TOLD.has(message)) return;
    process.stderr.write(`warning: ${message}${"error" in facts ? `: ${String(facts.error)}` : ""}\n`);
  },
};

/** Opens the store of that URL for the time of `body`, with the keys of FLOWC_KEYS when it is set. */
export async function withFlow<T>(
  url: string,
  body: (flow: Flow) => Promise<T>,
  { host, listener, said }: FlowOptions = {},
): Promise<T> {
  const { open, openStore, encrypted, aes256gcm } = host ?? (await import("../plugin/host.js"));
  const keys = keysOf(process.env[KEYS_VARIABLE]);
  const cipher = keys && aes256gcm(keys);
  const plain = openStore(url);
  const store = cipher === undefined ? plain : encrypted(plain, cipher);
  const flow = open({
    store: listener === undefined ? store : observed(store, listener),
    ports: { logger: said === undefined ? logger : { ...logger, said } },
  });
  try {
    return await body(flow);
  } finally {
    await flow.close();
  }
}
