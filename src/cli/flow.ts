import type { Flow } from "../plugin/host.js";
import type { Host } from "../plugin/load.js";
import type { Logger } from "../runtime/ports.js";
import { keysOf, KEYS_VARIABLE } from "./keys.js";
import type { Observer } from "./log/observer.js";
import { warnings } from "./log/warnings.js";
import { observed } from "./observe.js";

export type { Flow };

interface FlowOptions {
  /** The host API of a loaded program; default: this package's own. */
  readonly host?: Host;
  readonly observer?: Observer;
}

/** Opens the store of that URL for the time of `body`, with the keys of FLOWC_KEYS when it is set. */
export async function withFlow<T>(
  url: string,
  body: (flow: Flow) => Promise<T>,
  { host, observer }: FlowOptions = {},
): Promise<T> {
  const { open, openStore, encrypted, aes256gcm } = host ?? (await import("../plugin/host.js"));
  const keys = keysOf(process.env[KEYS_VARIABLE]);
  const cipher = keys && aes256gcm(keys);
  const plain = openStore(url);
  const store = cipher === undefined ? plain : encrypted(plain, cipher);
  const flow = open({
    store: observer === undefined ? store : observed(store, observer),
    ports: { logger: loggerOf(observer) },
  });
  try {
    return await body(flow);
  } finally {
    await flow.close();
  }
}

function loggerOf({ logger = SILENT, said }: Observer = { logger: warnings }): Logger {
  return said === undefined ? logger : { ...logger, said };
}

const SILENT = { info: () => undefined, warn: () => undefined };
