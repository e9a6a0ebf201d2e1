/** The front matter of a test of the language suite: what it includes, how it wants to be run, what it expects. */

/**
 * @param {string} text
 * @returns {{ flags: string[], includes: string[], negative: { phase: string, type: string } | undefined }}
 */
export function metadataOf(text) {
  const front = /\/\*---([\s\S]*?)---\*\//.exec(text)?.[1] ?? "";
  const phase = /^\s+phase:\s*(\w+)/m.exec(front)?.[1];
  const type = /^\s+type:\s*(\w+)/m.exec(front)?.[1];
  const negative = phase !== undefined && type !== undefined ? { phase, type } : undefined;
  return { flags: listOf(front, "flags"), includes: listOf(front, "includes"), negative };
}

/** `key: [a, b]`, or one `- a` a line. @param {string} front @param {string} key */
function listOf(front, key) {
  const inline = new RegExp(`^${key}:\\s*\\[([^\\]]*)\\]`, "m").exec(front)?.[1];
  if (inline !== undefined) return split(inline, ",");
  const block = new RegExp(`^${key}:\\s*\\n((?:\\s+-.*\\n?)*)`, "m").exec(front)?.[1];
  return block === undefined ? [] : split(block, "\n").map((line) => line.replace(/^-\s*/, ""));
}

/** @param {string} text @param {string} by */
function split(text, by) {
  return text
    .split(by)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
