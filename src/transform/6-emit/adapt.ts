/** What resume copies and makers repeat of the source, with closures and classes made by their makers: `$tag((x) => x + n, f$, [n])` ⇒ `f$make(n)`. */
import type { FunctionInfo } from "../1-find/model.js";
import { capturedBy } from "../3-desugar/rewrite/captured.js";
import { makeCall } from "../3-desugar/rewrite/closures.js";
import { withCopies } from "../3-desugar/rewrite/opaque.js";
import { ts } from "../ts.js";
import type { ModuleEmitter } from "./emitter.js";
import { homeClass, usesSuperProperty, withoutSuper } from "./super.js";

/** Payloads as they are in resume copies and makers: a closure is made by its maker. */
export function adapt(m: ModuleEmitter, fn: FunctionInfo, node: ts.Node): ts.Node {
  const inClass = homeClass(m, fn) !== undefined;
  if (m.classes.size === 0 && m.siteOwner.size === 0 && m.opaque.size === 0 && !inClass) return node;
  const visit = (child: ts.Node): ts.VisitResult<ts.Node> => {
    const info = m.siteOwner.get(child);
    if (info) {
      const needsThis = ts.isArrowFunction(info.node) && m.ctx.captures.usesThis.has(info);
      return makeCall(m.makeName(info), capturedBy(m.top, info), needsThis);
    }
    const cls = m.classes.get(child);
    if (cls) return makeCall(`${cls.name}$make`, cls.captured, false);
    if (inClass && usesSuperProperty(child)) return withoutSuper(child, visit);
    const made = ts.visitEachChild(child, visit, undefined);
    const captured = m.opaque.get(child);
    return captured ? withCopies(made as ts.Expression, captured) : made;
  };
  return ts.visitNode(node, visit);
}
