/** docs/saved-values.md: what happened to each kind of value. */
export interface Row {
  readonly name: string;
  /** "yes", "same object", "–" when it cannot be done, or what went wrong. */
  readonly identity: string;
  readonly cycles: string;
  readonly mutation: string;
  readonly parts: string;
}

export interface RefusedRow {
  readonly name: string;
  readonly reason: string;
}

export interface Tables {
  readonly groups: readonly { readonly title: string; readonly rows: readonly Row[] }[];
  readonly refused: readonly RefusedRow[];
}

const INTRODUCTION = `# What a checkpoint holds

This page is written by \`test/codec/values.test.ts\`, which fails when it is not current; \`UPDATE_GOLDENS=1\` writes it anew. Each cell has been executed, with the
compiled program \`test/codec/values/program.ts\` where only compiled code makes such a value.

- **identity**: the value, reached by several ways, is saved and restored. It is one object again, and the two graphs are isomorphic: the same prototypes,
  property keys in their order, attributes, accessors, extensibility, and state outside of properties, under a one-to-one pairing of their objects. Saving the
  restored graph gives the same bytes.
- **cycles**: the same, of a value that was made to reach itself; – where it cannot hold references.
- **mutation after restore**: the same operations on the original and on the restored value answer the same, and leave isomorphic values behind.
- **in parts**: it is written once and then only what changes: beside it, and in it. Image and parts together are the graph as it is.

_same object_ means: saved by reference, so what is restored is that object itself.

`;

const NOTES = `## Notes

- **Blob, File** are read by another thread while this one waits, some 40 ms for the first of a process. Those of a file (\`fs.openAsBlob\`) are refused, since Node lends their
  bytes to no other thread.
- **Temporal** is there where Node has it; the table is written with \`--harmony-temporal\`. A process without it refuses to load what holds such a value, by name.
- **WeakMap, WeakSet.** An entry is saved when its key is: it is part of the checkpoint, or can be named by it (classes, functions, constants and methods of
  compiled modules, built-ins). An entry whose key is held only by something outside (module state that is no registered constant, a foreign library) is not there
  after a restore, as if its key had been collected.
- **WeakRef.** Saved with its target, as if the collector had not come, which no program may rely on. One whose target is gone is refused: nobody can make one.
- **Symbols.** A symbol that a run made is made anew, one for one. Constants of compiled modules are saved by reference. Symbols of anybody else are refused, since
  another process has other ones.
- **Iterators, bound functions, proxies** are those that compiled code made: iterators in functions that suspend, the others anywhere in a compiled module. Where types
  hide what is called (\`any\`), the engine makes them, and they are refused.
- **Headers** come back with their names in lower case, which only the text of \`console.log\` shows.
- **Errors of Node** (\`ERR_…\`) come back as the built-in error they extend, with their \`code\`.
- **SharedArrayBuffer** is refused and not copied: whether another thread holds it, too, cannot be seen.
- Objects of the platform whose state is in private fields of Node's own classes (URL, Headers, AbortSignal) are known by their prototype: one whose prototype the
  program replaced is taken for an ordinary object.
- **\`#private\` members** of the engine are read and set by the class itself, which is compiled with a static block for it, and given to an object by its constructor,
  which then runs no code of the program. That is not possible when the constructor takes patterns, or defaults that have to be evaluated, when a field is initialized with
  a class expression, and with decorators and auto-accessors; and a class declared in a function is saved when it is written out, because something in it suspends. An object
  that got such members by other ways than an instance of the class (its prototype was replaced by a built-in one, or \`super()\` returned it) is taken for one without them.
`;

export function page({ groups, refused }: Tables): string {
  const count = groups.reduce((sum, group) => sum + group.rows.length, 0);
  const tables = groups.map(
    ({ title, rows }) =>
      `## ${title}\n\n${table(
        ["value", "identity", "cycles", "mutation after restore", "in parts"],
        rows.map(({ name, identity, cycles, mutation, parts }) => [name, identity, cycles, mutation, parts]),
      )}\n`,
  );
  const reasons = table(
    ["value", "why, and the way out"],
    refused.map(({ name, reason }) => [name, reason]),
  );
  const summary = `${count} kinds are saved, ${refused.length} are refused by name, none comes back different.\n\n`;
  const closing = `## Refused\n\nThe error names the variable, the function and the line, and says:\n\n${reasons}\n`;
  return [INTRODUCTION + summary + tables[0]!, ...tables.slice(1), closing, NOTES].join("\n");
}

/** A table as Prettier would write it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => width(row[column]!))));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell + " ".repeat(widths[column]! - width(cell))).join(" | ")} |`;
  return [line(cells[0]!), `| ${widths.map((size) => "-".repeat(size)).join(" | ")} |`, ...cells.slice(1).map(line)].join("\n");
}

function width(text: string): number {
  return text.length;
}
