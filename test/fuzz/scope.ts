/** The names a generated program can use at a place. */
import type { Random } from "./random.ts";

export type ValueType = "number" | "function" | "list" | "object" | "text";

export interface Variable {
  readonly name: string;
  readonly type: ValueType;
  readonly mutable: boolean;
}

/** Few names, so that they shadow each other; some are those the compiler uses itself. */
const NAMES = ["a", "b", "c", "x", "y", "n", "i", "$1", "$value", "x$1", "item"];

export class Scope {
  readonly variables: Variable[] = [];
  /** Names that mean something from outside in this scope's text: declaring them here would change that meaning. */
  readonly #used = new Set<string>();
  readonly #declared = new Set<string>();

  readonly parent: Scope | undefined;
  /** Shares the names of the scope around it, as the clauses of a switch do. */
  readonly sharesNames: boolean;

  constructor(parent: Scope | undefined, sharesNames = false) {
    this.parent = parent;
    this.sharesNames = sharesNames;
  }

  /** A name that can be declared here. */
  fresh(random: Random): string {
    for (let tries = 0; tries < 8; tries++) {
      const name = random.pick(NAMES);
      if (this.#isFree(name)) return name;
    }
    for (let n = 1; ; n++) if (this.#isFree(`v${n}`)) return `v${n}`;
  }

  #isFree(name: string): boolean {
    if (this.#used.has(name) || this.#declared.has(name)) return false;
    return !this.sharesNames || this.parent === undefined || this.parent.#isFree(name);
  }

  declare(variable: Variable): Variable {
    this.#reserve(variable.name);
    this.variables.push(variable);
    return variable;
  }

  #reserve(name: string): void {
    this.#declared.add(name);
    if (this.sharesNames && this.parent) this.parent.#reserve(name);
  }

  /** Notes that `variable`, which was found from here, is named here. */
  use(variable: Variable): string {
    if (!this.variables.includes(variable)) {
      this.#used.add(variable.name);
      this.parent?.use(variable);
    }
    return variable.name;
  }

  /** What can be named here, inner names hiding outer ones. */
  visible(type: ValueType, mutable = false): Variable[] {
    return this.#all().filter((variable) => variable.type === type && (!mutable || variable.mutable));
  }

  #all(): Variable[] {
    const outer = this.parent ? this.parent.#all() : [];
    return [...this.variables, ...outer.filter((variable) => !this.#declared.has(variable.name))];
  }
}
