/** Proxies that compiled code created. The engine does not tell what a Proxy consists of, so that its traps could not be entered as suspendable calls. */
import { isArray } from "./intrinsics.js";
import { note, noted } from "./notes.js";

/** [[ProxyTarget]] and [[ProxyHandler]]. */
export interface ProxyParts {
  readonly target: object;
  readonly handler: object;
}

const known = new WeakMap<object, ProxyParts>();
const NativeProxy = Proxy;
const revocable = Proxy.revocable;

/** Notes what `proxy` consists of. Returns it. */
export function registerProxy<T extends object>(proxy: T, target: object, handler: object): T {
  note(known, proxy, { target, handler });
  return proxy;
}

/** What a Proxy consists of; `undefined` when that is not known, or it was revoked: the engine answers then. */
export function proxyParts(proxy: object): ProxyParts | undefined {
  const parts = noted(known, proxy);
  return parts !== undefined && isAlive(proxy) ? parts : undefined;
}

/** `new Proxy(target, handler)`. */
export function constructProxy(target: object, handler: object): object {
  return registerProxy(new NativeProxy(target, handler), target, handler);
}

/** `Proxy.revocable(target, handler)`. */
export function revocableProxy(target: object, handler: object): { proxy: object; revoke: () => void } {
  const pair = revocable(target, handler);
  registerProxy(pair.proxy, target, handler);
  return pair;
}

/** IsArray asks no trap and throws on a revoked Proxy, or on one whose target is. */
function isAlive(proxy: object): boolean {
  try {
    isArray(proxy);
    return true;
  } catch {
    return false;
  }
}
