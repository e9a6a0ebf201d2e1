/** Runs seeds and tells how it went. */
import type { Programs } from "./programs.ts";
import { type Outcome, simulate } from "./simulate.ts";

export interface RunOptions {
  readonly first: number;
  readonly count: number;
  /** The next seed is so many further. */
  readonly step: number;
  /** Of real time. */
  readonly minutes: number;
  /** Print everything that happens. */
  readonly isTraced: boolean;
  /** Do not stop at the first finding. */
  readonly goesOn: boolean;
  /** Every seed has to do the same when it is simulated again. */
  readonly isTwice: boolean;
}

export interface Report {
  readonly seeds: number;
  readonly findings: number;
  /** Of all hashes. */
  readonly hash: string;
}

/** Lines of a trace that are printed with a finding. */
const TAIL = 60;
const PROGRESS_MS = 15_000;

export async function runSeeds(programs: Programs, options: RunOptions): Promise<Report> {
  const started = performance.now();
  const sums = new Sums();
  let printed = started;
  let findings = 0;
  for (let index = 0; index < options.count; index++) {
    const seed = options.first + index * options.step;
    const outcome = await outcomeOf(seed, programs, options);
    sums.add(outcome);
    if (options.isTraced) console.log(outcome.lines.join("\n"));
    if (outcome.violations.length > 0) {
      findings++;
      await tell(outcome, programs, options.isTraced);
      if (!options.goesOn) break;
    }
    const now = performance.now();
    if (now - started > options.minutes * 60_000) break;
    if (now - printed > PROGRESS_MS) {
      printed = now;
      console.log(sums.text(now - started));
    }
  }
  console.log(`${sums.text(performance.now() - started)}, ${findings} findings, hash ${sums.hash}`);
  return { seeds: sums.seeds, findings, hash: sums.hash };
}

async function outcomeOf(seed: number, programs: Programs, options: RunOptions): Promise<Outcome> {
  const outcome = await simulate(seed, programs, options.isTraced);
  if (!options.isTwice) return outcome;
  const { hash } = await simulate(seed, programs);
  if (hash === outcome.hash) return outcome;
  return { ...outcome, violations: [...outcome.violations, `not the same again: ${outcome.hash} and then ${hash}`] };
}

async function tell({ seed, violations, hash }: Outcome, programs: Programs, isTraced: boolean): Promise<void> {
  if (!isTraced) {
    const again = await simulate(seed, programs, true);
    console.log(again.lines.slice(-TAIL).join("\n"));
    if (again.hash !== hash) console.log(`NOT REPEATABLE: ${hash} and then ${again.hash}`);
  }
  console.log(`seed ${seed}: ${violations.join("; ")}`);
  console.log(`replay: npm run sim -- --seed ${seed} --trace`);
}

class Sums {
  seeds = 0;
  #hours = 0;
  #events = 0;
  #commits = 0;
  #late = 0;
  #deaths = 0;
  #runs = 0;
  #hash = 0;

  add(outcome: Outcome): void {
    this.seeds++;
    this.#hours += outcome.virtualHours;
    this.#events += outcome.events;
    this.#commits += outcome.commits;
    this.#late += outcome.lateCommits;
    this.#deaths += outcome.deaths;
    this.#runs += outcome.runs;
    for (const letter of outcome.hash) this.#hash = Math.imul(this.#hash ^ letter.charCodeAt(0), 0x01000193) >>> 0;
  }

  get hash(): string {
    return this.#hash.toString(16).padStart(8, "0");
  }

  text(ms: number): string {
    const perSecond = (this.seeds / ms) * 1_000;
    const hoursAMinute = Math.round((this.#hours / ms) * 60_000);
    return (
      `${this.seeds} seeds (${perSecond.toFixed(1)} a second), ${Math.round(this.#hours)} virtual hours (${hoursAMinute} a minute), ` +
      `${this.#runs} runs, ${this.#commits} commits, ${this.#late} too late, ${this.#deaths} worker deaths, ${this.#events} events`
    );
  }
}
