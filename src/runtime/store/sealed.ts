/**
 * What is stored of a payload when there is a cipher. The key's id is in clear, so that whoever cannot read the rest can at least be told what it takes.
 *
 *     sealed := "\xf7flc" idLength id bytes
 *
 * No checkpoint begins like that.
 */
import { CipherError, UsageError } from "../../shared/errors.js";

const MAGIC = Buffer.from("\xf7flc", "latin1");
/** In place of a payload that could not be read: the reason. In memory only, never stored. */
const UNREADABLE = Buffer.from("\xf7flx", "latin1");

export interface Sealed {
  readonly keyId: string;
  readonly bytes: Uint8Array;
}

/** Throws UsageError for an id of more than 255 bytes. */
export function seal({ keyId, bytes }: Sealed): Uint8Array {
  const id = Buffer.from(keyId);
  if (id.length > 255) throw new UsageError(`The id of a key has at most 255 bytes; this one has ${id.length}.`);
  return Buffer.concat([MAGIC, Buffer.of(id.length), id, bytes]);
}

/** The parts of a sealed payload, `undefined` when it is not sealed. */
export function parseSealed(payload: Uint8Array): Sealed | undefined {
  if (!begins(payload, MAGIC) || payload.length <= MAGIC.length) return undefined;
  const start = MAGIC.length + 1;
  const end = start + payload[MAGIC.length]!;
  return { keyId: Buffer.from(payload.subarray(start, end)).toString(), bytes: payload.subarray(end) };
}

/** Stands for a payload that cannot be read, wherever one is expected: reading it throws `error`. */
export function unreadable({ message, keyId }: CipherError): Uint8Array {
  return Buffer.concat([UNREADABLE, Buffer.from(JSON.stringify([message, keyId ?? null]))]);
}

/** Throws CipherError for what is no checkpoint because it is encrypted, or could not be decrypted. */
export function checkReadable(payload: Uint8Array): void {
  if (payload[0] !== MAGIC[0]) return;
  if (begins(payload, UNREADABLE)) {
    const [message, keyId] = JSON.parse(Buffer.from(payload.subarray(UNREADABLE.length)).toString()) as [string, string | null];
    throw new CipherError(message, keyId ?? undefined);
  }
  const sealed = parseSealed(payload);
  if (sealed === undefined) return;
  throw new CipherError(
    `The store is encrypted, this payload with key "${sealed.keyId}", and it was opened without a cipher: ` +
      "open({ store, cipher: aes256gcm({ current, keys }) }), or FLOWC_KEYS for the command line. Nothing was changed.",
    sealed.keyId,
  );
}

function begins(payload: Uint8Array, prefix: Uint8Array): boolean {
  return payload.length >= prefix.length && prefix.every((byte, index) => payload[index] === byte);
}
