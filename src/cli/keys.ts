import { UsageError } from "../shared/errors.js";

/** Keys of an encrypted store, as `aes256gcm` takes them. */
export interface Keys {
  readonly current: string;
  readonly keys: Readonly<Record<string, string>>;
}

/** The environment variable with the keys: nothing on a command line, which other users of the machine can read. */
export const KEYS_VARIABLE = "FLOWC_KEYS";

export const KEYS_HELP = `${KEYS_VARIABLE}=<id>=<base64>[,<id>=<base64>…] opens an encrypted store; the first key is the current one.`;

/** What FLOWC_KEYS says: `k2=<base64>,k1=<base64>`, the current key first. `undefined` when it is not set. Throws UsageError, without showing what it holds. */
export function keysOf(text: string | undefined): Keys | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const entries = text.split(",").map((part): [string, string] => {
    const at = part.indexOf("=");
    if (at < 1) throw new UsageError(`${KEYS_VARIABLE} is not of the form <id>=<base64>,<id>=<base64>.`);
    return [part.slice(0, at).trim(), part.slice(at + 1).trim()];
  });
  return { current: entries[0]![0], keys: Object.fromEntries(entries) };
}
