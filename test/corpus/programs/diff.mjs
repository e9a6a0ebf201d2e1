/** Differences of texts, lists and objects; patches made, read and applied. */
import * as diff from "diff";
import { attempt, numbers } from "../kit.mjs";

const BEFORE = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

export default function main() {
  const before = `${BEFORE.join("\n")}\n`;
  const after = edited(before, 3);
  const patch = diff.createTwoFilesPatch("a.txt", "b.txt", before, after, "old", "new", { context: 1 });
  const parsed = diff.parsePatch(patch);
  return {
    chars: summary(diff.diffChars("kitten sitting", "sitting kitten")),
    words: summary(diff.diffWords("The quick brown fox.", "A quick, red fox!", { ignoreCase: true })),
    spaced: summary(diff.diffWordsWithSpace("a  b c", "a b  c d")),
    lines: summary(diff.diffLines(before, after)),
    trimmed: summary(diff.diffTrimmedLines(" a\nb ", "a\n b\nc")),
    sentences: summary(diff.diffSentences("One. Two! Three?", "One. 2! Three?")),
    css: summary(diff.diffCss("a { color: red }", "a { colour: blue }")),
    json: summary(diff.diffJson({ b: [1, 2], a: { d: 1, c: undefined } }, { a: { c: 3 }, b: [1, 2, 3] })),
    arrays: summary(
      diff.diffArrays([1, 2, { id: 3 }], [2, { id: 3 }, 4], {
        comparator: (a, b) => a === b || (a.id !== undefined && a.id === b.id),
      }),
    ),
    patch,
    hunks: parsed[0].hunks,
    applied: diff.applyPatch(before, patch) === after,
    reversed: diff.applyPatch(after, diff.reversePatch(parsed[0])) === before,
    fuzzy: diff.applyPatch(before.replace("two", "2"), patch, {
      fuzzFactor: 2,
      compareLine: (number, line, operation, content) => line === content || number < 3,
    }),
    refused: diff.applyPatch("nothing alike", patch),
    xml: diff.convertChangesToXML(diff.diffWords("a <b> c", "a <d> c")),
    dmp: diff.convertChangesToDMP(diff.diffChars("abc", "abd")),
    own: summary(custom().diff("a-b-c", "a-c-d")),
    limited: diff.diffChars("abcdefgh", "zyxwvuts", { maxEditLength: 3 }),
    errors: [attempt(() => diff.parsePatch("--- a\n+++ b\n@@ -1,2 +1,2 @@\n-x\n")), attempt(() => diff.applyPatch("a", [1, 2]))],
  };
}

function custom() {
  const splitter = new diff.Diff();
  splitter.tokenize = (value) => value.split(/(-)/);
  splitter.join = (parts) => parts.join("");
  return splitter;
}

function summary(changes) {
  return changes.map(
    ({ added, removed, count, value }) => `${added ? "+" : removed ? "-" : "="}${count} ${JSON.stringify(value)}`,
  );
}

function edited(text, seed) {
  const random = numbers(seed);
  return text
    .split("\n")
    .flatMap((line) => (random() < 0.2 ? [] : random() < 0.3 ? [line, `${line}!`] : [line]))
    .join("\n");
}
