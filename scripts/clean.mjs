import { rmSync } from "node:fs";
import { inRoot } from "./lib/root.mjs";

for (const made of ["dist", ".cache", "coverage"]) rmSync(inRoot(made), { recursive: true, force: true });
