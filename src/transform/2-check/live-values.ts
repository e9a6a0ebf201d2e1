/** Check: a variable that is live across a suspension point and whose type can surely not be saved (I8, at compile time). */
import type { FunctionInfo } from "../1-find/model.js";
import type { Cfg } from "../4-lower/cfg.js";
import type { Layout } from "../5-shape/liveness.js";
import type { Context } from "../context.js";
import { lineText } from "../diagnostics.js";
import { ts } from "../ts.js";

/** Types of the standard library and of Node whose instances belong to the running process. */
const BOUND_TO_PROCESS = new Set(
  (
    "Promise PromiseLike FinalizationRegistry AsyncGenerator AsyncIterator SharedArrayBuffer Socket Server " +
    "Readable Writable Duplex Transform ReadStream WriteStream ReadableStream WritableStream ChildProcess Worker MessagePort FSWatcher " +
    "FileHandle DatabaseSync StatementSync ClientRequest IncomingMessage ServerResponse Timeout Immediate WebSocket EventEmitter"
  ).split(" "),
);

export function checkLiveValues(ctx: Context, info: FunctionInfo, cfg: Cfg, layout: Layout): void {
  const variables = (ctx.captures.variablesIn.get(info) ?? []).filter((variable) => !variable.boxed && !variable.isMadeUp);
  for (const [point, slots] of layout.slots) {
    const source = cfg.points[point]!.source;
    for (const variable of variables) {
      if (!slots.includes(variable.emitName)) continue;
      const type = ctx.findings.checker.getTypeAtLocation(variable.declaration);
      const name = boundTypeName(type);
      if (!name) continue;
      const later = variable.references.find((reference) => reference.pos > source.end) ?? variable.references.at(-1)!;
      const file = later.getSourceFile();
      const line = file.getLineAndCharacterOfPosition(later.getStart()).line;
      ctx.diagnostics.report("FLOW1004", variable.declaration, {
        name: variable.name,
        type: name,
        callee: callText(source),
        line: String(file.getLineAndCharacterOfPosition(source.getStart()).line + 1),
        use: `line ${line + 1}: ${lineText(file, line).trim()}`,
      });
    }
  }
}

function boundTypeName(type: ts.Type): string | undefined {
  const parts = type.isUnion() ? type.types : [type];
  for (const part of parts) {
    const symbol = part.getSymbol();
    const isForeign = symbol?.declarations?.every((declaration) => declaration.getSourceFile().isDeclarationFile);
    if (symbol && isForeign && BOUND_TO_PROCESS.has(symbol.name)) return symbol.name;
  }
  return undefined;
}

function callText(node: ts.Node): string {
  return node.getText().split("\n")[0]!.slice(0, 60);
}
