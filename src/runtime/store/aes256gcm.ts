import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { CipherError, UsageError } from "../../shared/errors.js";
import type { Sealed } from "./sealed.js";

/** Encrypts what goes to a store. `context` names the run and the kind of payload: what was sealed for one cannot be opened as another. */
export interface Cipher {
  /** Encrypts with the current key. */
  seal(plain: Uint8Array, context: string): Sealed;
  /** Throws CipherError when the key is unknown, or is not the one it was sealed with, or when the bytes were changed. */
  open(sealed: Sealed, context: string): Uint8Array;
}

export interface AesKeys {
  /** Id of the key everything new is encrypted with. */
  readonly current: string;
  /** Keys by id: 32 bytes, or their base64. Those that are not current are for reading what was written with them. */
  readonly keys: Readonly<Record<string, Uint8Array | string>>;
}

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ID = /^[\w.:-]{1,64}$/;

/**
 * AES-256-GCM with rotating keys, a fresh random nonce of 96 bits for every payload, and the run's id and the kind of payload as authenticated data:
 *
 *     open({ store, cipher: aes256gcm({ current: "k2", keys: { k1: process.env.K1!, k2: process.env.K2! } }) })
 *
 * To rotate, add a key and make it current: what is written next is encrypted with it, what was written before is read with its own key. One key is good for some
 * four billion payloads. Throws UsageError for a key that is not 32 bytes, an id that is not of letters, digits and `_.:-`, and a current key that is not among them.
 */
export function aes256gcm(given: AesKeys): Cipher {
  const keys = keysOf(given);
  const { current } = given;
  return {
    seal(plain, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", keys.get(current)!, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(context));
      return { keyId: current, bytes: Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]) };
    },
    open({ keyId, bytes }, context) {
      const key = keys.get(keyId);
      if (key === undefined) {
        throw new CipherError(
          `It is encrypted with key "${keyId}", which the cipher does not have; it has ${[...keys.keys()].map((id) => `"${id}"`).join(", ")}. Add the key to read it. Nothing was changed.`,
          keyId,
        );
      }
      try {
        return decrypt(key, bytes, context);
      } catch {
        throw new CipherError(
          `It is encrypted with a key "${keyId}", and the one of that id here does not open it: it is another key, or the bytes were changed or belong elsewhere. Nothing was changed.`,
          keyId,
        );
      }
    },
  };
}

function decrypt(key: Uint8Array, bytes: Uint8Array, context: string): Uint8Array {
  const body = bytes.length - TAG_BYTES;
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(bytes.subarray(body));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, body)), decipher.final()]);
}

/** Never prints a key. */
function keysOf({ current, keys }: Partial<AesKeys> = {}): ReadonlyMap<string, Uint8Array> {
  if (typeof keys !== "object" || keys === null || Object.keys(keys).length === 0)
    throw new UsageError('aes256gcm takes keys: aes256gcm({ current: "k1", keys: { k1: … } }).');
  const known = new Map(Object.entries(keys).map(([id, key]) => [id, keyBytes(id, key)] as const));
  if (current !== undefined && known.has(current)) return known;
  const ids = [...known.keys()].map((id) => `"${id}"`).join(", ");
  throw new UsageError(`aes256gcm: the current key is ${JSON.stringify(current)}, and the keys are ${ids}.`);
}

function keyBytes(id: string, key: Uint8Array | string): Uint8Array {
  if (!ID.test(id)) throw new UsageError(`aes256gcm: ${JSON.stringify(id)} is no id for a key; take letters, digits and _.:-`);
  const isText = typeof key === "string";
  if (!isText && !(key instanceof Uint8Array)) throw new UsageError(`aes256gcm: key "${id}" is neither bytes nor base64.`);
  const bytes = isText ? Buffer.from(key, "base64") : Buffer.from(key);
  if (isText && !/^[\w+/-]*={0,2}$/.test(key)) throw new UsageError(`aes256gcm: key "${id}" is not base64.`);
  if (bytes.length !== KEY_BYTES)
    throw new UsageError(`aes256gcm: key "${id}" has ${bytes.length} bytes; it has to have ${KEY_BYTES}.`);
  return bytes;
}
