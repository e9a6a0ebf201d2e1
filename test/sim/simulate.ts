/** One seed: a world, a store, workers, clients, faults; then the same runs in a world without faults, to compare. */
import type { WorkerOptions } from "../../dist/runtime/worker.js";
import { Random } from "../fuzz/random.ts";
import { Audit, type Ended } from "./audit.ts";
import { Client } from "./client.ts";
import { Cluster } from "./cluster.ts";
import { type FaultMix, Faults, noFaults, seededFaults } from "./faults.ts";
import { Network } from "./network.ts";
import { ObservedStore } from "./observed.ts";
import { Observer } from "./observer.ts";
import { Outside } from "./outside.ts";
import { type Plan, plansOf } from "./plans.ts";
import type { Programs } from "./programs.ts";
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
  readonly workers: number;
  readonly options: WorkerOptions;
  readonly mix: FaultMix;
  readonly faultyMs: number;
}

/** @param isTraced whether the outcome has the trace as text */
export async function simulate(seed: number, programs: Programs, isTraced = false): Promise<Outcome> {
  const random = new Random(seed);
  const plans = plansOf(random);
  const setting = settingOf(random);
  const faulty = await play(seed, plans, setting, programs, isTraced);
  if (faulty.violations.length > 0) return faulty;
  const calm: Setting = { workers: 1, options: setting.options, mix: noFaults(), faultyMs: 0 };
  const reference = await play(seed, plans, calm, programs, isTraced);
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

function settingOf(random: Random): Setting {
  const options: WorkerOptions = {
    leaseMs: random.pick([20 * MINUTE, 2 * HOUR, 12 * HOUR]),
    pollIntervalMs: random.pick([10 * MINUTE, HOUR, 6 * HOUR]),
    parkAfterMs: random.pick([1, 1_000, 10 * MINUTE]),
    concurrency: random.pick([1, 2, 1_000]),
    maxLosses: random.pick([2, 5, 1_000]),
    graceMs: random.pick([1, 5_000, MINUTE]),
  };
  return { workers: 1 + random.below(4), options, mix: seededFaults(random), faultyMs: HOUR + random.below(30 * HOUR) };
}

/** The runtime knows the workers of this process by their ids, and those of the seed before have the same. */
function forgetWorkers(): void {
  const own = (globalThis as { [key: symbol]: Set<string> | undefined })[Symbol.for("flowc.workers")];
  own?.clear();
}

interface Played extends Outcome {
  readonly ended: ReadonlyMap<string, Ended>;
}

/** After the faults: longer than any program sleeps in all, and than anybody may still wait for a store call or a lease. */
const LIMIT_MS = 3_000 * HOUR;

async function play(
  seed: number,
  plans: readonly Plan[],
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
  const cluster = new Cluster(world, faults, network, setting.options);
  const client = new Client(world, faults, network, cluster, programs);
  const audit = new Audit(world, store.inner, observer, outside);

  cluster.start(setting.workers);
  for (const plan of plans) client.follow(plan);
  world.after(setting.faultyMs, undefined, "the faults are over", () => {
    faults.isOn = false;
    cluster.heal();
  });
  world.after(setting.faultyMs + LIMIT_MS, undefined, "time is up", () =>
    world.violate(`not over ${LIMIT_MS / HOUR} hours after the last fault: ${client.waitsFor.join("; ")}`),
  );
  await world.play(() => client.isDone);

  const ended = new Map<string, Ended>();
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
    runs: plans.length,
    ended,
  };
}
