/** Proxies that compiled code made: the engine does not tell what they consist of, the runtime has noted it. No trap is called. */
import { constructProxy, proxyParts, type ProxyParts } from "../../proxies.js";
import type { Decoder } from "../decoder.js";
import type { Encoder } from "../encoder.js";
import type { BodyWriter } from "../nodes.js";
import { Tag } from "../format.js";
import { Late, settled } from "../late.js";

export function writeProxy(out: Encoder, proxy: object): void {
  const parts = proxyParts(proxy);
  if (parts === undefined) {
    out.refuse(
      proxy,
      "it is a Proxy that was revoked, or that code outside of compiled files made, whose target and handler nobody can see",
      "Make it in a compiled file, or save its target instead.",
    );
  }
  out.byte(Tag.PROXY);
  out.add(proxy, Tag.PROXY, new ProxyBody(parts));
}

class ProxyBody implements BodyWriter {
  constructor(readonly parts: ProxyParts) {}

  write(out: Encoder): void {
    out.value(this.parts.target);
    out.value(this.parts.handler);
  }
}

/** Made late because its target may be a function, which is. */
class LateProxy extends Late {
  parts: readonly unknown[] = [];
  override needs(): readonly unknown[] {
    return this.parts;
  }
  override make(): object {
    const [target, handler] = this.parts.map(settled);
    return constructProxy(target as object, handler as object);
  }
}

export function readProxy(input: Decoder, id: number): Late {
  const late = new LateProxy();
  input.body(id, (source) => void (late.parts = source.values(2)));
  return input.late(late);
}
