/** Names in emitted modules: unique among those of the source, and readable where frames and stack traces show them. */
import { RUNTIME_NAMES } from "../../shared/abi.js";
import { isValueReference } from "../1-find/references.js";
import type { FunctionInfo } from "../1-find/model.js";
import type { Context } from "../context.js";
import { ts } from "../ts.js";

/** Names that stand at the top of emitted modules. */
const EMITTED_NAMES: ReadonlySet<string> = new Set([...RUNTIME_NAMES, "SUSPEND", "$m", "$home"]);

export class ModuleNames {
  readonly taken = new Set<string>();
  /** Names the source declares that emitted code may want for itself. */
  readonly clashes = new Map<string, ts.Identifier>();
  readonly #functions = new Map<FunctionInfo, string>();

  constructor(ctx: Context, file: ts.SourceFile) {
    const collect = (node: ts.Node): void => {
      if (ts.isIdentifier(node)) {
        this.taken.add(node.text);
        if (EMITTED_NAMES.has(node.text) && (declares(node) || isGlobal(ctx, node))) this.clashes.set(node.text, node);
      }
      ts.forEachChild(node, collect);
    };
    collect(file);
  }

  /** An identifier unique in the module: `checkout`, `Cart_add`, `checkout_map`. */
  of(info: FunctionInfo): string {
    const known = this.#functions.get(info);
    if (known) return known;
    const clean = info.name
      .replace(/\$1$/, "")
      .replace(/[^A-Za-z0-9_$]+/g, "_")
      .replace(/^(?=\d)/, "_");
    for (let n = 1; ; n++) {
      const name = n === 1 ? clean : `${clean}${n}`;
      if ([name + "$", `${name}$make`, `${name}$resume`].some((candidate) => this.taken.has(candidate))) continue;
      this.taken.add(`${name}$`);
      this.#functions.set(info, name);
      return name;
    }
  }

  /** `base`, or with a number after it, so that `base$` is free. */
  free(base: string): string {
    for (let n = 1; ; n++) {
      const name = n === 1 ? base : `${base}${n}`;
      if (this.taken.has(`${name}$`)) continue;
      this.taken.add(`${name}$`);
      return name;
    }
  }
}

/** A global that the program does not declare would be shadowed. With types it is declared somewhere. */
function isGlobal(ctx: Context, node: ts.Identifier): boolean {
  return ctx.findings.everywhere && isValueReference(node) && !ctx.variableOf(node);
}

function declares(node: ts.Identifier): boolean {
  const parent = node.parent;
  const isDeclaration =
    ts.isVariableDeclaration(parent) ||
    ts.isParameter(parent) ||
    ts.isBindingElement(parent) ||
    ts.isImportSpecifier(parent) ||
    ts.isImportClause(parent) ||
    ts.isNamespaceImport(parent);
  return (
    (isDeclaration || ts.isFunctionLike(parent) || ts.isClassLike(parent) || ts.isEnumDeclaration(parent)) &&
    (parent as ts.NamedDeclaration).name === node
  );
}
