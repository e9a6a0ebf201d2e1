import { Command } from "commander";
import type { ScheduleDescription } from "../../plugin/host.js";
import { EXIT } from "../exit.js";
import { withFlow, type Flow } from "../flow.js";
import { jsonOption, storeOption, type CommonOptions, type SetExit } from "../options.js";
import { Output } from "../output.js";
import { clock, span, table } from "../text.js";

const EXAMPLES = `
Schedules are made by programs: flow.schedule("nightly", "0 2 * * *", report, []). Workers that have loaded the workflow carry them out.

Examples:
  flowc schedule list
  flowc schedule pause nightly "the database moves"
  flowc schedule resume nightly
  flowc schedule trigger nightly
  flowc schedule backfill nightly 2026-01-01 2026-01-31
  flowc schedule delete nightly`;

export function scheduleCommand(exit: SetExit): Command {
  const command = new Command("schedule").description("list, pause, resume, trigger, backfill and delete schedules");
  command.addHelpText("after", EXAMPLES);
  const add = (name: string, description: string, act: Act): Command => {
    const added = command.command(name).description(description).addOption(storeOption()).addOption(jsonOption());
    return added.addHelpText("after", EXAMPLES).action(async (...given: unknown[]) => {
      // Commander hands over the arguments, the options, and the command.
      const texts = given.slice(0, -2) as (string | undefined)[];
      const { store, json } = given.at(-2) as CommonOptions;
      const out = new Output(json === true);
      await withFlow(store, (flow) => act(out, flow, texts));
      exit(EXIT.ok);
    });
  };
  add("list", "list schedules with their next occurrence", list);
  add("pause", "start no more runs until it is resumed", pause).argument("<name>").argument("[reason]");
  add("resume", "go on from now", resume).argument("<name>");
  add("trigger", "start a run now", trigger).argument("<name>");
  add("backfill", "start the runs of a time that is over", backfill).argument("<name>").argument("<from>").argument("<to>");
  add("delete", "take it out; its runs go on", remove).argument("<name>");
  return command;
}

type Act = (out: Output, flow: Flow, texts: readonly (string | undefined)[]) => Promise<void>;

async function list(out: Output, flow: Flow): Promise<void> {
  const schedules = await flow.schedules();
  if (schedules.length === 0) out.line("no schedules");
  else
    out.lines(table([["SCHEDULE", "WHEN", "NEXT", "WORKFLOW", "LAST RUN", "WAITING"].map(out.color.dim), ...schedules.map(row)]));
  for (const schedule of schedules) out.data(schedule);
}

function row({ name, spec, workflow, paused, next, lastRun, waiting }: ScheduleDescription): string[] {
  const when = spec.kind === "cron" ? `${spec.cron} (${spec.timeZone})` : `every ${span(spec.everyMs)}`;
  const [first] = next;
  const then = first === undefined ? "never" : clock(first.getTime());
  const shown = paused === undefined ? then : `paused${paused === "" ? "" : `: ${paused}`}`;
  return [name, when, shown, workflow, lastRun ?? "", waiting.length === 0 ? "" : String(waiting.length)];
}

async function pause(out: Output, flow: Flow, [name = "", reason]: readonly (string | undefined)[]): Promise<void> {
  await flow.scheduled(name).pause(reason);
  out.line(`paused ${name}`);
  out.data({ schedule: name, paused: true });
}

async function resume(out: Output, flow: Flow, [name = ""]: readonly (string | undefined)[]): Promise<void> {
  await flow.scheduled(name).resume();
  out.line(`resumed ${name}`);
  out.data({ schedule: name, paused: false });
}

async function trigger(out: Output, flow: Flow, [name = ""]: readonly (string | undefined)[]): Promise<void> {
  const run = await flow.scheduled(name).trigger();
  out.line(`${run} starts as soon as a worker takes it`);
  out.data({ schedule: name, run });
}

async function backfill(
  out: Output,
  flow: Flow,
  [name = "", from = "", to = ""]: readonly (string | undefined)[],
): Promise<void> {
  const runs = await flow.scheduled(name).backfill(new Date(from), new Date(to));
  out.line(
    `${runs.length} ${runs.length === 1 ? "run starts" : "runs start"} as soon as a worker takes ${runs.length === 1 ? "it" : "them"}`,
  );
  out.data({ schedule: name, runs });
}

async function remove(out: Output, flow: Flow, [name = ""]: readonly (string | undefined)[]): Promise<void> {
  const isThere = await flow.scheduled(name).delete();
  out.line(isThere ? `deleted ${name}` : `there is no schedule ${name}`);
  out.data({ schedule: name, deleted: isThere });
}
