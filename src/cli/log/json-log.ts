/**
 * What happens as JSON, one line each on stderr, for whatever collects the logs of many machines. The fields are called the same everywhere: `worker`, `run`, `workflow`,
 * `step`, `attempt`, `event` (the kind of the journal entry, or `log` for what programs write to the console), `msg`.
 */
import { pino, type Logger as Pino } from "pino";
import type { ConsoleLine } from "../../runtime/console.js";
import { type ClaimedRun, type Commit, type JournalEntry, LIVE_STATUSES } from "../../runtime/store/store.js";
import { levelOf, type Level } from "./levels.js";
import type { Observer } from "./observer.js";

const STDERR = 2;

type Facts = Readonly<Record<string, unknown>>;

export class JsonLog implements Observer {
  /** The worker of this process, once it has one. */
  worker: string | undefined;
  readonly #log: Pino;
  /** Of the runs this process holds. */
  readonly #workflows = new Map<string, string>();

  constructor(level: Level) {
    this.#log = pino(
      {
        level,
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
        mixin: () => (this.worker === undefined ? {} : { worker: this.worker }),
      },
      // A line that is still in memory when the process is killed would be lost.
      pino.destination({ dest: STDERR, sync: true }),
    );
  }

  readonly logger = {
    info: (message: string, facts: Facts = {}): void => this.#log.info(this.#about(facts), message),
    warn: (message: string, facts: Facts = {}): void => this.#log.warn(this.#about(facts), message),
  };

  claimed({ id, workflow, version, losses }: ClaimedRun): void {
    this.#workflows.set(id, workflow);
    this.#log.debug({ run: id, workflow, event: "run.claimed", version, losses }, "run.claimed");
  }

  committed({ run, journal, status, release, waitingFor }: Commit): void {
    for (const entry of journal) this.#log[levelOf(entry)](this.#about({ ...factsOf(entry), run }), messageOf(entry));
    if (waitingFor !== "") this.#log.debug(this.#about({ run, event: "run.waiting", for: waitingFor }), "run.waiting");
    if (release || !LIVE_STATUSES.has(status)) this.#workflows.delete(run);
  }

  said({ run, step, attempt, level, text }: ConsoleLine): void {
    // Workflow code is heard through its commits.
    if (step !== undefined) this.#log[level](this.#about({ run, event: "log", step, attempt }), text);
  }

  #about(facts: Facts): Facts {
    const workflow = typeof facts["run"] === "string" ? this.#workflows.get(facts["run"]) : undefined;
    return workflow === undefined ? facts : { workflow, ...facts };
  }
}

/** The facts of an entry. The text and level of what programs write have fields of their own, and `run` is the run that the entry is about. */
function factsOf({ kind, data }: JournalEntry): Facts {
  if (kind === "log") return { event: kind };
  const { run: other, ...facts } = data;
  return { event: kind, ...facts, ...(other !== undefined && { other }) };
}

function messageOf({ kind, data }: JournalEntry): string {
  return kind === "log" ? String(data["text"]) : kind;
}
