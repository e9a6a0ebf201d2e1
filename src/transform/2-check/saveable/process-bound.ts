/**
 * Classes of the standard library and of Node whose instances belong to the running process. What extends one of them does, too, so the list has the
 * roots: sockets, servers, streams, child processes and workers are all EventEmitters.
 */
interface Group {
  readonly names: string;
  readonly why: string;
  readonly fix: string;
}

const HANDLE_FIX =
  "Open it inside a step, hold it as `resource(() => …)`, which is opened again where the run goes on, or let it go out of scope before the suspension.";

const GROUPS: readonly Group[] = [
  {
    names: "Promise",
    why: "a promise is kept by the process that made it",
    fix: "Await it inside a step: a step returns its value.",
  },
  {
    names: "AsyncGenerator",
    why: "an async generator is suspended in the process that made it",
    fix: "Read from it inside a step, and return what was read.",
  },
  {
    names:
      "EventEmitter Stream ReadableStream WritableStream ReadStream WriteStream FileHandle Dir DatabaseSync StatementSync Session " +
      "WebSocket EventSource ReadableStreamDefaultReader WritableStreamDefaultWriter StatWatcher AsyncLocalStorage AsyncResource",
    why: "it stands for something that is open in the running process",
    fix: HANDLE_FIX,
  },
  {
    names: "Request Response",
    why: "its body is a stream of the running process",
    fix: "Read what you need of it inside the step, and return that.",
  },
  {
    names: "Timeout Immediate Timer",
    why: "it is a timer of the running process",
    fix: "Use `sleep` or `withTimeout`: those are saved.",
  },
  {
    names: "Worker MessagePort MessageChannel BroadcastChannel SharedArrayBuffer",
    why: "it is shared with other threads of the running process",
    fix: HANDLE_FIX,
  },
  {
    names: "FinalizationRegistry",
    why: "it waits for the garbage collector of the running process",
    fix: "Release what it watches over in a `finally` block, which can be saved.",
  },
];

const BY_NAME = new Map(GROUPS.flatMap((group) => group.names.split(" ").map((name) => [name, group] as const)));

/** Why values of the class of that name cannot be saved; `undefined` when it is none of those. The class has to be one of the platform's. */
export function processBound(name: string): Pick<Group, "why" | "fix"> | undefined {
  return BY_NAME.get(name);
}

const PLATFORM = /(?:^|[\\/])lib\.[\w.]*d\.ts$|[\\/](?:@types[\\/]node|undici-types)[\\/]/;

/** Whether a declaration file is one of the standard library's or of Node's. */
export function isPlatformFile(fileName: string): boolean {
  return PLATFORM.test(fileName);
}
