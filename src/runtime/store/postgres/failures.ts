/** What PostgreSQL and the network report, as a StoreError of one sentence that says what to do. */
import { StoreError } from "../../../shared/errors.js";

type Reason = StoreError["reason"];
type Sentence = (store: string, said: string) => string;

/** By SQLSTATE: the code itself, or its class of two characters. */
const FAILURES: Readonly<Record<string, readonly [Reason, Sentence]>> = {
  "08": ["unavailable", unreachable],
  "57P01": ["unavailable", (store) => `${store} is being shut down.`],
  "57P02": ["unavailable", (store) => `${store} crashed and is starting again.`],
  "57P03": ["unavailable", (store) => `${store} is starting or stopping and takes no connections yet.`],
  "57014": ["unavailable", (store, said) => `${store} took too long to answer (${said}); see what it is busy with.`],
  "53": [
    "unavailable",
    (store, said) =>
      `${store} has not enough of something for this: ${said}. Raise its limits, or lower the \`connections\` of the stores.`,
  ],
  "53100": ["full", (store) => `The disk of ${store} is full; nothing was written, free some space and go on.`],
  "28": ["denied", (store, said) => `${store} does not let this user in: ${said}. See user, password and pg_hba.conf.`],
  "42501": [
    "denied",
    (store, said) =>
      `This user may not use the store in ${store}: ${said}. Grant it the schema and its tables, or let it create them once.`,
  ],
  "3D000": [
    "not-a-store",
    (store, said) => `${store}: ${said}. Create the database (\`createdb\`); flowc creates its tables in it.`,
  ],
  "25006": ["readonly", (store) => `${store} takes no writes: it is a standby, or in read-only mode; name the primary.`],
  "3F000": ["not-a-store", gone],
  "42P01": ["not-a-store", gone],
  "42883": ["not-a-store", gone],
  "55P03": ["locked", (store, said) => `${store} is locked by another session: ${said}.`],
  XX001: ["corrupt", (store, said) => `${store} is damaged: ${said}; restore it from a backup.`],
  XX002: ["corrupt", (store, said) => `${store} has a damaged index: ${said}; REINDEX it.`],
};

/** Of Node's network, and of `pg`, which has no codes. */
const NETWORK: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EHOSTDOWN",
  "ENOENT",
]);
const LOST =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed|server conn crashed/i;

/** A transaction that met another one and has not happened: worth another try at once. */
export function isCollision(error: unknown): boolean {
  const code = codeOf(error);
  return code === "40P01" || code === "40001";
}

/** `error` as a StoreError; what came neither from the database nor from the network is returned as it is. */
export function storeError(error: unknown, store: string): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error;
  const code = codeOf(error);
  // Several addresses were tried.
  const said = error instanceof AggregateError ? String((error.errors[0] as Error | undefined)?.message) : error.message;
  if ((code !== undefined && NETWORK.has(code)) || LOST.test(error.message))
    return new StoreError(unreachable(store, said), "unavailable", { cause: error });
  if (code === undefined || !/^[0-9A-Z]{5}$/.test(code)) return error;
  const [reason, sentence] = FAILURES[code] ?? FAILURES[code.slice(0, 2)] ?? ["io", unforeseen];
  return new StoreError(sentence(store, said), reason, { cause: error });
}

export function codeOf(error: unknown): string | undefined {
  const code: unknown = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}

function unreachable(store: string, said: string): string {
  return `${store} cannot be reached: ${said}. See that the server runs, and that host and port are right.`;
}

function gone(store: string, said: string): string {
  return `The tables of the store in ${store} are gone: ${said}. Restore them, or name another schema.`;
}

function unforeseen(store: string, said: string): string {
  return `${store} failed: ${said}.`;
}
