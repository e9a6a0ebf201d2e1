/** The one printer of the IR: `--emit`, assertion messages and the manifest read the same everywhere. */
import type { FunctionInfo } from "./1-find/model.js";
import { siteVerdict } from "./1-find/model.js";
import { type Block, type Cfg, type Instr, isSaving, type Terminator } from "./4-lower/cfg.js";
import type { Layout } from "./5-shape/liveness.js";
import type { BlockId, FunctionIr, Label, PointId, Stmt } from "./ir.js";
import { ts } from "./ts.js";
import type { ManifestBlock } from "./types.js";

const printer = ts.createPrinter({ removeComments: true, omitTrailingSemicolon: true });

/** A node as one line of source. */
export function nodeText(node: ts.Node, info: FunctionInfo): string {
  const text = printer.printNode(ts.EmitHint.Unspecified, node, info.module.file);
  const line = text.replace(/\s+/g, " ").replace(/;$/, "");
  return line.length > 110 ? `${line.slice(0, 107)}…` : line;
}

/** The desugared statements, indented. */
export function printIr(ir: FunctionIr, info: FunctionInfo): string {
  const labels = new Map<Label, string>();
  const nameOf = (label: Label): string => {
    if (!labels.has(label)) labels.set(label, label.name ?? `L${labels.size + 1}`);
    return labels.get(label)!;
  };
  const text = (node: ts.Node | undefined): string => (node ? nodeText(node, info) : "undefined");
  const list = (body: readonly Stmt[], depth: number): string[] => body.flatMap((stmt) => one(stmt, depth));
  const one = (stmt: Stmt, depth: number): string[] => {
    const pad = "  ".repeat(depth);
    switch (stmt.kind) {
      case "native":
        return [`${pad}${text(stmt.node)}`];
      case "let":
        return [`${pad}${stmt.declare} ${stmt.name}${stmt.value ? ` = ${text(stmt.value)}` : ""}`];
      case "pattern":
        return [`${pad}${stmt.declare} ${text(stmt.pattern)} = ${text(stmt.value)}`];
      case "assign":
        return [`${pad}${stmt.name} = ${text(stmt.value)}`];
      case "eval":
        return [`${pad}${text(stmt.value)}`];
      case "suspend":
        return [`${pad}suspend ${stmt.name} = ${text(stmt.call.expression)}   @${stmt.point.id}`];
      case "start":
        return [`${pad}start   @${stmt.point.id}`];
      case "yield":
        return [`${pad}yield ${stmt.name} = ${text(stmt.value)}${stmt.raw ? " (raw)" : ""}   @${stmt.point.id}`];
      case "if":
        return [
          `${pad}if ${text(stmt.test)}`,
          ...list(stmt.yes, depth + 1),
          ...(stmt.no ? [`${pad}else`, ...list(stmt.no, depth + 1)] : []),
        ];
      case "block":
        return [`${pad}block${stmt.label ? ` ${nameOf(stmt.label)}` : ""}`, ...list(stmt.body, depth + 1)];
      case "loop": {
        const parts = [
          ...list(stmt.init, 0),
          `test ${text(stmt.test)}${stmt.testLast ? " (last)" : ""}`,
          ...(stmt.update ? [`update ${text(stmt.update)}`] : []),
        ];
        return [`${pad}loop ${nameOf(stmt.label)}: ${parts.join("; ")}`, ...list(stmt.body, depth + 1)];
      }
      case "switch":
        return [
          `${pad}switch ${nameOf(stmt.label)}: ${text(stmt.subject)}`,
          ...stmt.cases.flatMap((clause) => [
            `${pad}${clause.test ? `case ${text(clause.test)}` : "default"}`,
            ...list(clause.body, depth + 1),
          ]),
        ];
      case "break":
      case "continue":
        return [`${pad}${stmt.kind} ${nameOf(stmt.label)}`];
      case "return":
        return [`${pad}return${stmt.value ? ` ${text(stmt.value)}` : ""}`];
      case "throw":
        return [`${pad}throw ${text(stmt.value)}`];
      case "try":
        return [`${pad}try`, ...list(stmt.body, depth + 1), `${pad}catch ${stmt.param}`, ...list(stmt.handler, depth + 1)];
    }
  };
  return [`function ${info.name}`, ...list(ir.body, 1)].join("\n");
}

/** The control-flow graph: blocks in order of first reach, with what is saved at each suspension. */
export function printCfg(cfg: Cfg, layout: Layout | undefined, info: FunctionInfo): string {
  const lines = [`function ${info.name}   ${info.module.id}`];
  for (const block of inOrder(cfg)) {
    const on = block.handler === undefined ? "" : `   (an exception goes to ${label(block.handler, cfg)})`;
    lines.push("", `  ${label(block.id, cfg)}:${on}`);
    for (const line of blockLines(block, cfg, layout, info)) lines.push(`    ${line}`);
  }
  return lines.join("\n");
}

/** The blocks as data, for the manifest. */
export function manifestBlocks(cfg: Cfg, layout: Layout | undefined, info: FunctionInfo): ManifestBlock[] {
  return inOrder(cfg).map((block) => ({
    id: block.id,
    label: label(block.id, cfg),
    lines: blockLines(block, cfg, layout, info),
    next: edges(block),
  }));
}

function edges(block: Block): ManifestBlock["next"] {
  const end = block.terminator;
  const onError = block.handler === undefined ? [] : [{ to: block.handler as number, label: "exception" }];
  switch (end.kind) {
    case "goto":
      return [{ to: end.to, label: "" }, ...onError];
    case "branch":
      return [{ to: end.yes, label: "yes" }, { to: end.no, label: "no" }, ...onError];
    case "suspend":
    case "start":
    case "yield":
      return [{ to: end.resume, label: "resumed" }, ...onError];
    default:
      return onError;
  }
}

function label(id: BlockId, cfg: Cfg): string {
  if (id === cfg.entry) return "entry";
  return id < cfg.points.length ? `resume@${id}` : `b${id - cfg.points.length}`;
}

/** Depth first from the entry, so that a block follows the one that leads to it. */
function inOrder(cfg: Cfg): Block[] {
  const seen = new Set<BlockId>();
  const order: Block[] = [];
  const visit = (id: BlockId): void => {
    if (seen.has(id)) return;
    seen.add(id);
    const block = cfg.blocks.get(id)!;
    order.push(block);
    const end = block.terminator;
    if (end.kind === "goto") visit(end.to);
    if (isSaving(end)) visit(end.resume);
    if (end.kind === "branch") {
      visit(end.yes);
      visit(end.no);
    }
    if (block.handler !== undefined) visit(block.handler);
  };
  visit(cfg.entry);
  return order;
}

function blockLines(block: Block, cfg: Cfg, layout: Layout | undefined, info: FunctionInfo): string[] {
  const lines = block.instrs.map((instr) => instrText(instr, info)).filter((line) => line !== "");
  return [...lines, ...terminatorLines(block.terminator, cfg, layout, info)];
}

function instrText(instr: Instr, info: FunctionInfo): string {
  switch (instr.kind) {
    case "receive":
      return `${instr.name} ← what the call returned`;
    case "catch":
      return `${instr.name} ← what was thrown`;
    case "forget":
      return "";
    case "native":
      return nodeText(instr.node, info);
    case "pattern":
      return `${nodeText(instr.pattern, info)} = ${nodeText(instr.value, info)}`;
    case "let":
    case "assign":
      return `${instr.name} = ${instr.value ? nodeText(instr.value, info) : "undefined"}`;
    case "eval":
      return nodeText(instr.value, info);
  }
}

function terminatorLines(end: Terminator, cfg: Cfg, layout: Layout | undefined, info: FunctionInfo): string[] {
  switch (end.kind) {
    case "goto":
      return [`→ ${label(end.to, cfg)}`];
    case "branch":
      return [`if ${nodeText(end.test, info)}`, `  yes → ${label(end.yes, cfg)}`, `  no  → ${label(end.no, cfg)}`];
    case "return":
      return [end.value ? `return ${nodeText(end.value, info)}` : "return"];
    case "throw":
      return [`throw ${nodeText(end.value, info)}`];
    case "suspend":
      return [
        `call ${nodeText(end.call.expression, info)}`,
        `  may suspend at ${place(end.point.source)}${saved(layout, end.point.id)} → ${label(end.resume, cfg)}`,
      ];
    case "start":
      return [`make the generator${saved(layout, end.point.id)} → ${label(end.resume, cfg)}`];
    case "yield":
      return [`yield ${nodeText(end.value, info)}${saved(layout, end.point.id)} → ${label(end.resume, cfg)}`];
    case "unreachable":
      return ["unreachable"];
  }
}

function saved(layout: Layout | undefined, point: PointId): string {
  const slots = layout?.slots.get(point);
  return slots ? `, keeping ${slots.length > 0 ? slots.join(", ") : "nothing"}` : "";
}

function place(source: ts.Node): string {
  const at = source.getSourceFile().getLineAndCharacterOfPosition(source.getStart());
  return `line ${at.line + 1}`;
}

/** What pass `infer` found: each function with its verdict, each call that may suspend. */
export function printInference(functions: readonly FunctionInfo[]): string {
  return functions
    .filter((info) => info.calls.some((site) => siteVerdict(site) !== "never") || info.verdict !== "never")
    .map((info) => {
      const head = `${info.name}: ${info.verdict}${info.barrier ? ` (${info.barrier})` : ""}`;
      const calls = info.calls
        .filter((site) => siteVerdict(site) !== "never")
        .map((site) => `  ${place(site.node)}: ${site.label} — ${siteVerdict(site)}`);
      return [head, ...calls].join("\n");
    })
    .join("\n\n");
}
