/**
 * Names for variables that are not in the source. They are numbered within the outermost function, so that what is saved under them in a frame keeps its name when
 * another function of the program is edited.
 */
import { RUNTIME_NAMES } from "../../shared/abi.js";
import { ts } from "../ts.js";
import type { FunctionInfo } from "./model.js";

/** Names that emitted code uses for other things. */
export const RESERVED: ReadonlySet<string> = new Set([...RUNTIME_NAMES, "SUSPEND", "$m", "$home", "$item"]);

export class MadeUpNames {
  readonly #byRoot = new Map<FunctionInfo, Set<string>>();
  readonly #written = new Map<FunctionInfo, ReadonlySet<string>>();

  /**
   * @param base what the name says, without its `$`
   * @param numbered whether the first name of the kind has a number, too
   * @returns a name that means nothing else in the outermost function around `owner`, or anywhere in the module where `owner` is the module itself
   */
  make(base: string, owner: FunctionInfo, numbered = false): string {
    const isTaken = this.#taken(owner);
    for (let n = 1; ; n++) {
      const name = n === 1 && !numbered ? `$${base}` : `$${base}${n}`;
      if (isTaken(name)) continue;
      this.#namesOf(rootOf(owner)).add(name);
      return name;
    }
  }

  /** The names made up for the outermost function around `info`, and for its module. */
  visibleIn(info: FunctionInfo): ReadonlySet<string> {
    return new Set([...this.#namesOf(rootOf(info)), ...this.#namesOf(moduleOf(info))]);
  }

  #taken(owner: FunctionInfo): (name: string) => boolean {
    const module = moduleOf(owner);
    const written = this.#writtenIn(module);
    const roots =
      owner === module ? [...this.#byRoot.keys()].filter((root) => moduleOf(root) === module) : [rootOf(owner), module];
    return (name) => RESERVED.has(name) || written.has(name) || roots.some((root) => this.#namesOf(root).has(name));
  }

  #namesOf(root: FunctionInfo): Set<string> {
    const names = this.#byRoot.get(root) ?? new Set();
    this.#byRoot.set(root, names);
    return names;
  }

  #writtenIn(module: FunctionInfo): ReadonlySet<string> {
    const known = this.#written.get(module) ?? writtenNames(module.node);
    this.#written.set(module, known);
    return known;
  }
}

/** All identifiers in the text below a node. */
export function writtenNames(root: ts.Node): ReadonlySet<string> {
  const names = new Set<string>();
  ts.forEachChild(root, function visit(node: ts.Node): void {
    if (ts.isIdentifier(node)) names.add(node.text);
    ts.forEachChild(node, visit);
  });
  return names;
}

function moduleOf(info: FunctionInfo): FunctionInfo {
  return info.parent ? moduleOf(info.parent) : info;
}

/** The function of the module itself that `info` stands in; the module for its own code. */
function rootOf(info: FunctionInfo): FunctionInfo {
  return info.parent?.parent ? rootOf(info.parent) : info;
}
