import { type Command, Option } from "commander";
import type { Output } from "../output.js";
import { Progress } from "../progress.js";
import { isShown, LEVELS, type Level } from "./levels.js";
import { each, type Observer } from "./observer.js";
import { warnings } from "./warnings.js";

const FORMS = ["pretty", "json", "silent"] as const;

export interface LogOptions {
  readonly telemetry?: true;
  readonly log: (typeof FORMS)[number];
  readonly logLevel: Level;
}

/** Adds the options that say what a command shows of the runs it advances. */
export function addLogOptions(command: Command): Command {
  return [
    new Option("--log <form>", "what happens, as lines for people, as JSON on stderr, or not at all")
      .choices(FORMS)
      .default("pretty"),
    new Option("--log-level <level>", "only what is at least that important").choices(LEVELS).default("info"),
    new Option("--telemetry", "traces and metrics, through the OpenTelemetry SDK that the program registers"),
  ].reduce((to, option) => to.addOption(option), command);
}

/** What a command shows of the runs that its worker advances. */
export interface Log {
  readonly observer: Observer;
  readonly progress: Progress;
  /** The worker of this process is there. */
  started(worker: string): void;
}

/** `labelOf`: what stands before the lines about a run; `undefined`: it is none of those that are shown to people. */
export async function openLog(
  { log, logLevel }: LogOptions,
  out: Output,
  { endings, labelOf }: { readonly endings: boolean; readonly labelOf: (run: string) => string | undefined },
): Promise<Log> {
  const progress = new Progress(out, { endings, least: log === "pretty" ? logLevel : undefined });
  const people: Observer = {
    committed: (commit) => {
      const label = labelOf(commit.run);
      if (label !== undefined) progress.show(commit, label);
    },
    said: (line) => progress.said(line, labelOf(line.run) ?? `${line.run}  `),
    ...(log === "pretty" && isShown("warn", logLevel) && { logger: warnings }),
  };
  if (log !== "json") return { observer: people, progress, started: () => undefined };
  const { JsonLog } = await import("./json-log.js");
  const json = new JsonLog(logLevel);
  return { observer: each([people, json]), progress, started: (worker) => (json.worker = worker) };
}
