import { setTimeout as delay } from "node:timers/promises";
import { Command, InvalidArgumentError } from "commander";
import { UsageError } from "../../shared/errors.js";
import { loadPrograms, type LoadedProgram } from "../../plugin/load.js";
import { milliseconds } from "../../runtime/effects/duration.js";
import { LIVE_STATUSES } from "../../runtime/store/store.js";
import { EXIT } from "../exit.js";
import { withFlow, type Flow } from "../flow.js";
import { checkHttp, serveHttp, TOKEN_VARIABLE, type HttpServer, type HttpSettings } from "../http.js";
import { untilInterrupted } from "../interrupt.js";
import { addLogOptions, openLog, type Log, type LogOptions } from "../log/options.js";
import { jsonOption, storeOption, type CommonOptions, type SetExit } from "../options.js";
import { Output } from "../output.js";
import { printDiagnostics } from "../problems.js";
import { oneLine, span } from "../text.js";

interface Options extends CommonOptions, LogOptions {
  readonly drain?: true;
  /** Milliseconds. */
  readonly grace: number;
  readonly http?: number;
  readonly host: string;
  readonly httpOpen?: true;
}

const DEFAULT_GRACE_MS = 5_000;

const EXAMPLES = `
A worker advances the runs of the workflows in its files until it is stopped. What it had under way is in the store, whichever way it ends.
Stopped (Ctrl-C, SIGTERM) it lets steps under way end, and gives its runs back for others to take.

Examples:
  flowc worker checkout.ts
  flowc worker dist/checkout.mjs --store sqlite:/var/lib/shop/flow.db
  flowc worker checkout.ts refunds.ts --drain
  flowc worker checkout.ts --http 8080
  ${TOKEN_VARIABLE}=… flowc worker checkout.ts --http 8080 --host 0.0.0.0`;

export function workerCommand(exit: SetExit): Command {
  const command = new Command("worker")
    .description("advance runs until stopped")
    .argument("<files...>", "the programs whose runs it advances")
    .option("--drain", "stop once every run of these programs has ended")
    .option("--grace <duration>", "how long steps under way may take to end when it is stopped", duration, DEFAULT_GRACE_MS)
    .option("--http <port>", "also answer requests: start runs, send messages, answer callbacks; 0 takes a free port", port)
    .option("--host <address>", `what --http listens on; others than this machine need ${TOKEN_VARIABLE}`, "127.0.0.1")
    .option("--http-open", `let other machines in without ${TOKEN_VARIABLE}`);
  return addLogOptions(command)
    .addOption(storeOption())
    .addOption(jsonOption())
    .addHelpText("after", EXAMPLES)
    .action(async (files: string[], options: Options) => {
      exit(await work(files, options));
    });
}

async function work(files: readonly string[], options: Options): Promise<number> {
  const out = new Output(options.json === true);
  const http = httpSettings(options);
  if (http !== undefined) checkHttp(http);
  const programs = await loadPrograms(files);
  for (const { diagnostics } of programs.slice(0, 1)) await printDiagnostics(out, diagnostics);
  const log = await openLog(options, out, { endings: true, labelOf: (run) => `${run}  ` });
  const host = hostOf(programs);
  return withFlow(
    options.store,
    async (flow) => {
      const worker = await flow.worker({ graceMs: options.grace });
      log.started(worker.id);
      log.observer.logger?.info("ready", { store: flow.store.url });
      out.line(`worker     ready, process ${process.pid}, ${flow.store.url}`);
      out.data({ kind: "worker.ready", worker: worker.id, pid: process.pid });
      const server = http && (await listen(flow, host, http, out, log));
      try {
        const drained =
          options.drain === true ? untilDrained(flow, host.loadedWorkflows()) : Promise.withResolvers<void>().promise;
        await untilInterrupted(Promise.race([drained, worker.done]), () => sayStopping(out, log, options.grace));
        log.progress.stop();
      } finally {
        await server?.close();
      }
      await worker.stop();
      return EXIT.ok;
    },
    { host, observer: log.observer, telemetry: options.telemetry === true },
  );
}

function sayStopping(out: Output, { observer }: Log, graceMs: number): void {
  out.line(`stopping   steps under way have ${span(graceMs)} to end; once more ends the process at once`);
  out.data({ kind: "worker.stopping", graceMs });
  observer.logger?.info("stopping", { graceMs });
}

function httpSettings({ http, host, httpOpen }: Options): HttpSettings | undefined {
  return http === undefined ? undefined : { port: http, hostname: host, isOpen: httpOpen === true };
}

async function listen(
  flow: Flow,
  host: LoadedProgram["host"],
  settings: HttpSettings,
  out: Output,
  { observer }: Log,
): Promise<HttpServer> {
  const onError = (error: unknown): void => observer.logger?.warn("a request could not be answered", { error: oneLine(error) });
  const server = await serveHttp(flow, host, settings, onError);
  observer.logger?.info("listening", { url: server.url });
  out.line(`http       ${server.url}`);
  out.data({ kind: "http.ready", url: server.url });
  return server;
}

function duration(text: string): number {
  try {
    return Math.max(milliseconds(text, "--grace"), 1);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError("It has to be a port, from 0 to 65535.");
  return value;
}

/** What a worker can still do something about: a paused run waits for a person. */
const UNDER_WAY = [...LIVE_STATUSES].filter((status) => status !== "paused");

/** A bundle brings its own runtime, and one worker runs one runtime. */
function hostOf([first, ...others]: readonly LoadedProgram[]): LoadedProgram["host"] {
  if (first === undefined) throw new UsageError("worker takes at least one file.");
  const other = others.find(({ host }) => host !== first.host);
  if (other === undefined) return first.host;
  throw new UsageError(`${first.file} and ${other.file} carry different runtimes: a bundle needs a worker of its own.`);
}

/** Until no run of these workflows is left that has not ended; runs of others are not this worker's. */
async function untilDrained(flow: Flow, workflows: readonly string[]): Promise<void> {
  const isLeft = async (query: { workflow?: string }): Promise<boolean> =>
    (await flow.runs({ ...query, status: UNDER_WAY, limit: 1 })).length > 0;
  const anyIsLeft = async (): Promise<boolean> => {
    if (!(await isLeft({}))) return false;
    for (const workflow of workflows) if (await isLeft({ workflow })) return true;
    return false;
  };
  while (await anyIsLeft()) await delay(200);
}
