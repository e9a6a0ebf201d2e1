/** `npm run bench [code|store|map|children|postgres|state|resume|sleepers|process|codec]…`: prints ratios, never fails on a number. */
import { benchChildren } from "./children.ts";
import { benchCode } from "./code.ts";
import { benchCodec } from "./codec.ts";
import { benchMap } from "./map.ts";
import { benchPostgres } from "./postgres.ts";
import { benchProcess } from "./process.ts";
import { benchResume } from "./resume.ts";
import { benchSleepers } from "./sleepers.ts";
import { benchState } from "./state.ts";
import { benchStore } from "./store.ts";

const suites: Record<string, () => void | Promise<void>> = {
  code: benchCode,
  store: benchStore,
  map: benchMap,
  children: benchChildren,
  postgres: benchPostgres,
  state: benchState,
  resume: benchResume,
  sleepers: benchSleepers,
  process: benchProcess,
  codec: benchCodec,
};
/** Take minutes: only when they are asked for. */
const LONG = new Set(["resume", "sleepers"]);
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in suites));
if (unknown.length > 0) throw new Error(`no such suite: ${unknown.join(", ")}; there are ${Object.keys(suites).join(", ")}`);
for (const [name, suite] of Object.entries(suites))
  if (wanted.includes(name) || (wanted.length === 0 && !LONG.has(name))) await suite();
