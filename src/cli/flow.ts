import type { Flow } from "../plugin/host.js";
import { UsageError } from "../shared/errors.js";
import type { Host } from "../plugin/load.js";
import type { Logger } from "../runtime/ports.js";
import type { Telemetry } from "../runtime/telemetry.js";
import { keysOf, KEYS_VARIABLE } from "./keys.js";
import type { Observer } from "./log/observer.js";
import { warnings } from "./log/warnings.js";
import { observed } from "./observe.js";

export type { Flow };

interface FlowOptions {
  /** The host API of a loaded program; default: this package's own. */
  readonly host?: Host;
  readonly observer?: Observer;
  /** Traces and metrics. Default: none. */
  readonly telemetry?: boolean;
}

/** Opens the store of that URL for the time of `body`, with the keys of FLOWC_KEYS when it is set. */
export async function withFlow<T>(
  url: string,
  body: (flow: Flow) => Promise<T>,
  { host, observer, telemetry }: FlowOptions = {},
): Promise<T> {
  const { open, openStore, encrypted, aes256gcm } = host ?? (await import("../plugin/host.js"));
  const keys = keysOf(process.env[KEYS_VARIABLE]);
  const cipher = keys && aes256gcm(keys);
  const plain = openStore(url);
  const store = cipher === undefined ? plain : encrypted(plain, cipher);
  const flow = open({
    store: observer === undefined ? store : observed(store, observer),
    ports: { logger: loggerOf(observer) },
    ...(telemetry === true && { telemetry: await loadTelemetry() }),
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

async function loadTelemetry(): Promise<Telemetry> {
  try {
    const { opentelemetry } = await import("../opentelemetry/index.js");
    return opentelemetry();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new UsageError(
      "--telemetry needs the package @opentelemetry/api, and an SDK that the program registers. Install both.",
    );
  }
}
