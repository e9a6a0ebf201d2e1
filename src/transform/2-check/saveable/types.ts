/**
 * The verdict on a type: can its values be saved, can they not, or can only the value tell.
 *
 *     Socket, Promise<T>                     cannot: a class of the platform that belongs to the process, or one that extends it
 *     { db: { socket: Socket } }             cannot, at `.db.socket`: every value has that property
 *     Socket[], Map<string, Socket>          cannot, at `[…]` and `.get(…)`
 *     Socket | undefined, { sock?: Socket }  unknown: the value may be the other one
 *     any, unknown, T, Client                unknown: a class of somebody else may have a codec, and plain data may stand in for an interface
 *
 * A property that may be a getter says nothing, since getters are not saved; nor do functions, whose captured variables are another matter.
 */
import { ts } from "../../ts.js";
import { isPlatformFile, processBound } from "./process-bound.js";
import { allOf, below, CAN, oneOf, UNKNOWN, type Verdict } from "./verdict.js";

/** How far down properties are followed. */
const DEEPEST = 6;
/** A type of more properties than this is not looked into. */
const MOST_PROPERTIES = 200;
/** How many types are looked at for one variable. */
const MOST_TYPES = 2_000;

const PRIMITIVE =
  ts.TypeFlags.StringLike |
  ts.TypeFlags.NumberLike |
  ts.TypeFlags.BooleanLike |
  ts.TypeFlags.BigIntLike |
  ts.TypeFlags.VoidLike |
  ts.TypeFlags.Null |
  ts.TypeFlags.Never |
  ts.TypeFlags.EnumLike;

/** Containers of the platform, and how a message writes the way to what they hold. */
const CONTAINERS: ReadonlyMap<string, readonly string[]> = new Map([
  ["Array", ["[…]"]],
  ["ReadonlyArray", ["[…]"]],
  ["Set", [".values()[…]"]],
  ["ReadonlySet", [".values()[…]"]],
  ["Map", [".keys()[…]", ".get(…)"]],
  ["ReadonlyMap", [".keys()[…]", ".get(…)"]],
]);

const DATA = new Set("Date RegExp URL URLSearchParams ArrayBuffer DataView Buffer Error".split(" "));

/** What is known of a type within one question, and how deep down it was looked at: what was cut off there may be seen from nearer. */
interface Visit {
  readonly depth: number;
  verdict: Verdict;
}

export class TypeVerdicts {
  readonly #known = new Map<ts.Type, Verdict>();
  readonly #visited = new Map<ts.Type, Visit>();

  constructor(
    readonly checker: ts.TypeChecker,
    /** Classes the program has registered a codec for. */
    readonly withCodec: ReadonlySet<ts.Symbol>,
    /** Whether a declaration file belongs to flowc itself. */
    readonly isOwnFile: (file: ts.SourceFile) => boolean,
  ) {}

  of(type: ts.Type): Verdict {
    let verdict = this.#known.get(type);
    if (verdict) return verdict;
    this.#visited.clear();
    verdict = this.#of(type, 0);
    this.#known.set(type, verdict);
    return verdict;
  }

  #of(type: ts.Type, depth: number): Verdict {
    const visited = this.#visited.get(type);
    if (visited && visited.depth <= depth) return visited.verdict;
    if (depth > DEEPEST || this.#visited.size > MOST_TYPES) return UNKNOWN;
    // A type that holds itself adds nothing to what is found elsewhere in it.
    const visit: Visit = { depth, verdict: CAN };
    this.#visited.set(type, visit);
    visit.verdict = this.#find(type, depth);
    return visit.verdict;
  }

  #find(type: ts.Type, depth: number): Verdict {
    if (type.flags & PRIMITIVE) return CAN;
    if (type.isUnion()) return oneOf(type.types.map((member) => this.#of(member, depth)));
    if (type.isIntersection()) return allOf(type.types.map((member) => this.#of(member, depth)));
    if (type.flags & ts.TypeFlags.Instantiable) return this.#ofConstraint(type, depth);
    return type.flags & ts.TypeFlags.Object ? this.#ofObject(type as ts.ObjectType, depth) : UNKNOWN;
  }

  /** What `T extends Socket` is surely is a Socket; nothing else is known of it. */
  #ofConstraint(type: ts.Type, depth: number): Verdict {
    const constraint = this.checker.getBaseConstraintOfType(type);
    const verdict = constraint && constraint !== type ? this.#of(constraint, depth + 1) : UNKNOWN;
    return verdict.kind === "cannot" ? verdict : UNKNOWN;
  }

  #ofObject(type: ts.ObjectType, depth: number): Verdict {
    if (type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0) return UNKNOWN;
    if (this.checker.isTupleType(type)) return this.#ofTuple(type as ts.TupleTypeReference, depth);
    const symbol = type.getSymbol();
    if (symbol && this.withCodec.has(symbol)) return CAN;
    const files = (symbol?.declarations ?? []).map((declaration) => declaration.getSourceFile());
    // `Record`, `Pick` and the like are declared there, too, and are what they are made of.
    const isNamed = symbol !== undefined && (symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface)) !== 0;
    if (isNamed && files.some((file) => isPlatformFile(file.fileName))) return this.#ofPlatform(type, symbol, depth);
    if (isNamed && files.some((file) => this.isOwnFile(file))) return CAN;
    // An interface of a package may be fulfilled by plain data; a class of one that extends a socket is one.
    const isPackage = isNamed && files.some((file) => file.isDeclarationFile);
    const isClass = symbol !== undefined && (symbol.flags & ts.SymbolFlags.Class) !== 0;
    if (isPackage) return isClass ? this.#onlyCannot(this.#ofBases(type, depth)) : UNKNOWN;
    return allOf([isNamed ? this.#ofBases(type, depth) : CAN, this.#ofMembers(type, depth), this.#ofIndex(type, depth)]);
  }

  #onlyCannot(verdict: Verdict): Verdict {
    return verdict.kind === "cannot" ? verdict : UNKNOWN;
  }

  #ofPlatform(type: ts.ObjectType, symbol: ts.Symbol, depth: number): Verdict {
    // There is one, and it is saved by name.
    if (symbol.name === "Process") return CAN;
    const bound = processBound(symbol.name);
    if (bound) return { kind: "cannot", path: "", type: symbol.name, ...bound };
    const steps = CONTAINERS.get(symbol.name);
    if (steps) {
      const held = this.checker.getTypeArguments(type as ts.TypeReference);
      return allOf(steps.map((step, index) => (held[index] ? below(step, this.#of(held[index], depth + 1)) : UNKNOWN)));
    }
    if (DATA.has(symbol.name) || /^(?:Big)?(?:Ui|I)nt\d+(?:Clamped)?Array$|^Float\d+Array$/.test(symbol.name)) return CAN;
    const base = this.#ofBases(type, depth);
    // The class itself is what a person knows.
    return base.kind === "cannot" && base.path === "" ? { ...base, type: symbol.name } : UNKNOWN;
  }

  #ofBases(type: ts.ObjectType, depth: number): Verdict {
    if (depth > DEEPEST) return UNKNOWN;
    const declared = (type as ts.TypeReference).target ?? type;
    if (!declared.isClassOrInterface()) return CAN;
    const verdict = allOf(this.checker.getBaseTypes(declared).map((base) => this.#of(base, depth + 1)));
    const name = type.getSymbol()?.name;
    return verdict.kind === "cannot" && verdict.path === "" && name !== undefined ? { ...verdict, type: name } : verdict;
  }

  #ofTuple(type: ts.TupleTypeReference, depth: number): Verdict {
    const { elementFlags } = type.target;
    return allOf(
      this.checker.getTypeArguments(type).map((element, index) => {
        const verdict = this.#of(element, depth + 1);
        return elementFlags[index] === ts.ElementFlags.Optional ? optional(verdict) : below(`[${index}]`, verdict);
      }),
    );
  }

  /** `Record<string, Socket>`. */
  #ofIndex(type: ts.ObjectType, depth: number): Verdict {
    const infos = this.checker.getIndexInfosOfType(type);
    return allOf(infos.map((info) => below("[…]", this.#of(info.type, depth + 1))));
  }

  #ofMembers(type: ts.ObjectType, depth: number): Verdict {
    const properties = this.checker.getPropertiesOfType(type);
    if (properties.length > MOST_PROPERTIES) return UNKNOWN;
    return allOf(properties.map((property) => this.#ofMember(property, depth)));
  }

  #ofMember(property: ts.Symbol, depth: number): Verdict {
    const declaration = property.valueDeclaration ?? property.declarations?.[0];
    if (property.flags & (ts.SymbolFlags.Method | ts.SymbolFlags.Accessor)) return UNKNOWN;
    if (declaration && isUncertain(declaration)) return UNKNOWN;
    const verdict = this.#of(this.checker.getTypeOfSymbol(property), depth + 1);
    return property.flags & ts.SymbolFlags.Optional ? optional(verdict) : below(stepTo(property, declaration), verdict);
  }
}

/** What may be absent refuses nothing. */
function optional(verdict: Verdict): Verdict {
  return verdict.kind === "cannot" ? UNKNOWN : verdict;
}

/** `declare x`, `x!`, an abstract field: nobody says that there is a value. */
function isUncertain(declaration: ts.Declaration): boolean {
  if (!ts.isPropertyDeclaration(declaration)) return false;
  if (declaration.exclamationToken) return true;
  return (ts.getCombinedModifierFlags(declaration) & (ts.ModifierFlags.Abstract | ts.ModifierFlags.Ambient)) !== 0;
}

function stepTo(property: ts.Symbol, declaration: ts.Declaration | undefined): string {
  const name = declaration && ts.getNameOfDeclaration(declaration);
  if (name && ts.isPrivateIdentifier(name)) return `.${name.text}`;
  if (name && ts.isComputedPropertyName(name)) return `[${name.expression.getText()}]`;
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(property.name)
    ? `.${property.name}`
    : `[${JSON.stringify(property.name)}]`;
}
