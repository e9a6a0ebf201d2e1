/** Pass `load`: tsconfig, TypeScript program, project root. */
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ts } from "./ts.js";
import type { CompileOptions } from "./types.js";

export interface Loaded {
  readonly program: ts.Program;
  readonly host: ts.CompilerHost;
  /** Directory module ids are relative to. */
  readonly rootDir: string;
  readonly cwd: string;
  /** Problems of the configuration or of the arguments. */
  readonly problems: readonly ts.Diagnostic[];
  /** What `flowc` in the tsconfig says, with the options of the call before it. */
  readonly settings: Settings;
  /** Whether a declaration file belongs to flowc itself. */
  readonly isOwnFile: (file: ts.SourceFile) => boolean;
}

/** The settings of flowc's own: `"flowc": { "preempt": true }` in the tsconfig. */
export interface Settings {
  readonly preempt: boolean;
}

/** Directory of the built package this code is part of. */
const OWN_DIST = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

const DEFAULTS: ts.CompilerOptions = {
  strict: true,
  target: ts.ScriptTarget.ES2024,
  lib: ["lib.es2025.d.ts", "lib.dom.d.ts"],
  skipLibCheck: true,
  allowImportingTsExtensions: true,
};

export function loadProgram(options: CompileOptions): Loaded {
  const cwd = path.resolve(options.cwd ?? process.cwd());
  const entries = options.files.map((file) => path.resolve(cwd, file));
  const problems: ts.Diagnostic[] = [];
  const project = options.project
    ? path.resolve(cwd, options.project)
    : ts.findConfigFile(entries[0] ? path.dirname(entries[0]) : cwd, ts.sys.fileExists);
  const config = project ? readConfig(project, problems) : undefined;
  const rootNames = entries.length > 0 ? entries : (config?.fileNames ?? []);
  for (const file of rootNames) if (!existsSync(file)) problems.push(problem(`File '${path.relative(cwd, file)}' not found.`));
  if (rootNames.length === 0)
    problems.push(problem("No files to compile: name a file, or have a tsconfig.json that includes some."));
  const compilerOptions = withOwnNeeds(
    config?.options ?? { ...DEFAULTS, types: nodeTypes(entries[0] ?? path.join(cwd, "x.ts")) },
  );
  const rootDir = project ? path.dirname(project) : projectRoot(entries[0] ? path.dirname(entries[0]) : cwd);
  const host = ts.createCompilerHost(compilerOptions, true);
  const ownTypes = resolveOwnTypes(compilerOptions, host, entries[0] ?? path.join(rootDir, "x.ts"));
  if (!ownTypes.found) compilerOptions.paths = { ...compilerOptions.paths, flowc: [path.join(OWN_DIST, "index.d.ts")] };
  const program = ts.createProgram({ rootNames: rootNames.filter((file) => existsSync(file)), options: compilerOptions, host });
  const ownDirs = [OWN_DIST, ...(ownTypes.found ? [path.dirname(ownTypes.found)] : [])].map((dir) => dir + path.sep);
  const isOwnFile = (file: ts.SourceFile): boolean =>
    file.isDeclarationFile && ownDirs.some((dir) => path.resolve(file.fileName).startsWith(dir));
  const settings = settingsOf(config?.raw, problems);
  return { program, host, rootDir, cwd, problems, isOwnFile, settings: { preempt: options.preempt ?? settings.preempt } };
}

/** Unknown settings are told: one that is misspelt would be believed to be in force. */
function settingsOf(raw: unknown, problems: ts.Diagnostic[]): Settings {
  const given = (raw as { flowc?: unknown } | undefined)?.flowc ?? {};
  if (typeof given !== "object") problems.push(problem('"flowc" in the tsconfig has to be an object of settings.'));
  for (const [key, value] of Object.entries(given)) {
    if (key !== "preempt") problems.push(problem(`"flowc" in the tsconfig has no setting "${key}"; there is "preempt".`));
    else if (typeof value !== "boolean") problems.push(problem('"flowc.preempt" in the tsconfig has to be true or false.'));
  }
  return { preempt: PREEMPT, ...given };
}

const PREEMPT = true;

function readConfig(file: string, problems: ts.Diagnostic[]): ts.ParsedCommandLine | undefined {
  const parsed = ts.getParsedCommandLineOfConfigFile(
    file,
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (diagnostic) => problems.push(diagnostic) },
  );
  // "No inputs were found" does not matter when files are named.
  if (parsed) problems.push(...parsed.errors.filter((error) => error.code !== 18003 && error.code !== 18002));
  return parsed;
}

/** The settings of the project, with what the output needs: ES modules, maps, class fields and `let` left alone. */
function withOwnNeeds(given: ts.CompilerOptions): ts.CompilerOptions {
  const target = Math.max(given.target ?? ts.ScriptTarget.ES2024, ts.ScriptTarget.ES2022) as ts.ScriptTarget;
  const lib = given.lib === undefined ? {} : { lib: given.lib };
  const options: ts.CompilerOptions = {
    ...given,
    ...lib,
    target: Math.min(target, ts.ScriptTarget.ES2024),
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    noEmit: false,
    noEmitOnError: false,
    emitDeclarationOnly: false,
    sourceMap: true,
    inlineSources: true,
    inlineSourceMap: false,
    removeComments: false,
    rewriteRelativeImportExtensions: true,
    importHelpers: false,
    incremental: false,
    composite: false,
    declarationMap: false,
  };
  for (const key of [
    "outDir",
    "outFile",
    "rootDir",
    "rootDirs",
    "sourceRoot",
    "mapRoot",
    "tsBuildInfoFile",
    "out",
    "declarationDir",
  ])
    delete options[key];
  return options;
}

/** The nearest folder with a package.json, else the folder itself. */
function projectRoot(from: string): string {
  for (let dir = from; ; dir = path.dirname(dir)) {
    if (existsSync(path.join(dir, "package.json"))) return dir;
    if (path.dirname(dir) === dir) return from;
  }
}

function resolveOwnTypes(options: ts.CompilerOptions, host: ts.CompilerHost, from: string): { found: string | undefined } {
  const resolved = ts.resolveModuleName("flowc", from, options, host).resolvedModule;
  return { found: resolved ? path.resolve(resolved.resolvedFileName) : undefined };
}

/** Node's types when they are installed where the program is: a workflow's steps are Node code, and TypeScript 6 includes no types by itself. */
function nodeTypes(from: string): string[] {
  const found = ts.resolveTypeReferenceDirective("node", from, {}, ts.sys).resolvedTypeReferenceDirective;
  return found ? ["node"] : [];
}

function problem(messageText: string): ts.Diagnostic {
  return { category: ts.DiagnosticCategory.Error, code: 6053, file: undefined, start: undefined, length: undefined, messageText };
}
