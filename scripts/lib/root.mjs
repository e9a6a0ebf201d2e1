import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** @param {string[]} parts path relative to the repository root */
export function inRoot(...parts) {
  return path.join(root, ...parts);
}
