import { Option } from "commander";

/** Options that several commands have, in one place so that they read the same everywhere. */
const DEFAULT_STORE = "sqlite:flow.db";

export function storeOption(): Option {
  return new Option("-s, --store <url>", "where the runs are: sqlite:<file>, postgres://<user>@<host>/<database> or memory:")
    .env("FLOWC_STORE")
    .default(DEFAULT_STORE);
}

export function jsonOption(): Option {
  return new Option("--json", "print JSON, one value a line, and nothing else");
}

export interface CommonOptions {
  readonly store: string;
  readonly json?: true;
}

/** What an action hands back to `main`. */
export type SetExit = (code: number) => void;
