/** One seed: a world, a store, workers, clients, faults; then the same runs in a world without faults, to compare. */
import type { HookEvent } from "../../dist/runtime/store/store.js";
import type { WorkerOptions } from "../../dist/runtime/worker.js";
import { Random } from "../fuzz/random.ts";
import { Audit, type Ended } from "./audit.ts";
import { Client } from "./client.ts";
import { Cluster, type Listener, type Role } from "./cluster.ts";
import { type FaultMix, Faults, noFaults, seededFaults } from "./faults.ts";
import { Network } from "./network.ts";
import { ObservedStore } from "./observed.ts";
import { Observer } from "./observer.ts";
import { Outside } from "./outside.ts";
import { type Plan, plansOf } from "./plans.ts";
import type { Programs } from "./programs.ts";
import { type Timetable, timetablesOf } from "./timetables.ts";
import { World } from "./world.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export interface Outcome {
  readonly seed: number;
  /** What is broken; empty when nothing is. */
  readonly violations: readonly string[];
  /** Of everything that happened: equal for equal seeds. */
  readonly hash: string;
  readonly lines: readonly string[];
  readonly virtualHours: number;
  readonly events: number;
  readonly commits: number;
  readonly lateCommits: number;
  readonly deaths: number;
  readonly runs: number;
}

/** A cluster, and how long things go wrong in it. */
interface Setting {
  readonly workers: readonly Role[];
  readonly listeners: readonly Listener[];
  readonly options: WorkerOptions;
  readonly mix: FaultMix;
  readonly faultyMs: number;
}

/** @param isTraced whether the outcome has the trace as text */
export async function simulate(seed: number, programs: Programs, isTraced = false): Promise<Outcome> {
  const random = new Random(seed);
  const work: Work = { plans: plansOf(random), timetables: timetablesOf(random) };
  const { plans } = work;
  const setting = settingOf(random, plans);
  const faulty = await play(seed, work, setting, programs, isTraced);
  if (faulty.violations.length > 0) return faulty;
  const calm: Setting = { ...setting, workers: ["both"], mix: noFaults(), faultyMs: 0 };
  const reference = await play(seed, work, calm, programs, isTraced);
  const violations = reference.violations.map((text) => `without faults: ${text}`);
  for (const plan of plans.filter((each) => each.isDeterministic)) {
    const [is, should] = [faulty.ended.get(plan.id), reference.ended.get(plan.id)];
    if (comparable(is) !== comparable(should))
      violations.push(`run ${plan.id} ended with ${comparable(is)}, and without faults with ${comparable(should)}`);
  }
  return {
    ...faulty,
    violations,
    hash: `${faulty.hash}${reference.hash}`,
    lines: [...faulty.lines, "── without faults ──", ...reference.lines],
    virtualHours: faulty.virtualHours + reference.virtualHours,
    events: faulty.events + reference.events,
  };
}

/** The order in which messages are sent is chance; that they arrive in it is checked elsewhere. */
function comparable(ended: Ended | undefined): string {
  return `${ended?.status} ${ended?.result?.replace(/"([ab]) \d+"/g, '"$1"')}`;
}

/** Which steps of which programs are made by any worker. */
function usesQueues(plans: readonly Plan[]): boolean {
  const text = JSON.stringify(plans);
  return text.includes('"queued"') || text.includes('"isQueued":true');
}

const EVENTS: readonly HookEvent[] = ["completed", "failed", "cancelled", "timed-out", "crashed", "paused"];

function listenersOf(random: Random): Listener[] {
  return random.weighted<Listener[]>([
    [7, []],
    [2, [{ name: "h1", events: EVENTS }]],
    [
      1,
      [
        { name: "h1", events: EVENTS },
        { name: "h2", events: [random.pick(EVENTS)] },
      ],
    ],
  ]);
}

function settingOf(random: Random, plans: readonly Plan[]): Setting {
  const options: WorkerOptions = {
    leaseMs: random.pick([20 * MINUTE, 2 * HOUR, 12 * HOUR]),
    pollIntervalMs: random.pick([10 * MINUTE, HOUR, 6 * HOUR]),
    parkAfterMs: random.pick([1, 1_000, 10 * MINUTE]),
    concurrency: random.pick([1, 2, 1_000]),
    maxLosses: random.pick([2, 5, 1_000]),
    graceMs: random.pick([1, 5_000, MINUTE]),
    taskConcurrency: random.pick([1, 3, 100]),
    ...(!usesQueues(plans) && { queues: [] }),
  };
  // The first one can do everything, so that everything is done in the end.
  const others = Array.from({ length: random.below(4) }, () => random.pick<Role>(["both", "both", "runs", "queues"]));
  return {
    workers: ["both", ...others],
    listeners: listenersOf(random),
    options,
    mix: seededFaults(random),
    faultyMs: HOUR + random.below(30 * HOUR),
  };
}

/** The runtime knows the workers of this process by their ids, and those of the seed before have the same. */
function forgetWorkers(): void {
  const own = (globalThis as { [key: symbol]: Set<string> | undefined })[Symbol.for("flowc.workers")];
  own?.clear();
}

/** What is to be done. */
interface Work {
  readonly plans: readonly Plan[];
  readonly timetables: readonly Timetable[];
}

interface Played extends Outcome {
  readonly ended: ReadonlyMap<string, Ended>;
}

/** After the faults: longer than any program sleeps in all, and than anybody may still wait for a store call or a lease. */
const LIMIT_MS = 3_000 * HOUR;

async function play(
  seed: number,
  { plans, timetables }: Work,
  setting: Setting,
  programs: Programs,
  isTraced: boolean,
): Promise<Played> {
  forgetWorkers();
  const world = new World(seed, isTraced);
  const faults = new Faults(world.random, setting.mix, setting.options.leaseMs!);
  faults.isOn = setting.faultyMs > 0;
  const observer = new Observer(world);
  const store = new ObservedStore(observer);
  const outside = new Outside(world, faults, observer);
  const network = new Network(world, faults, store);
  const cluster = new Cluster({ world, faults, network, observer, options: setting.options, listeners: setting.listeners });
  const client = new Client({ world, faults, network, cluster, programs, observer, outside });
  const audit = new Audit(world, store.inner, observer, outside);

  for (const { name, events } of setting.listeners) client.listen(name, events);
  cluster.start(setting.workers);
  for (const plan of plans) client.follow(plan);
  for (const table of timetables) client.schedule(table);
  world.after(setting.faultyMs, undefined, "the faults are over", () => {
    faults.isOn = false;
    cluster.heal();
  });
  world.after(setting.faultyMs + LIMIT_MS, undefined, "time is up", () =>
    world.violate(`not over ${LIMIT_MS / HOUR} hours after the last fault: ${client.waitsFor.join("; ")}`),
  );
  await world.play(() => client.isDone);

  const ended = new Map<string, Ended>();
  if (world.violations.length === 0) await audit.all();
  if (world.violations.length === 0) for (const plan of plans) ended.set(plan.id, await audit.run(plan));
  if (setting.faultyMs === 0) audit.undisturbed();
  return {
    seed,
    violations: world.violations.map(({ message }) => message),
    hash: world.trace.hash,
    lines: world.trace.lines,
    virtualHours: world.now / HOUR,
    events: world.events,
    commits: observer.commits,
    lateCommits: observer.lateCommits,
    deaths: cluster.deaths,
    runs: observer.runs.size,
    ended,
  };
}
