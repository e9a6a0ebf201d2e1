import { all, any, map, withTimeout } from "flowc";
import { countWords, list, longestLine, publish, read, translate } from "./services.js";

export interface Survey {
  /** A folder with text files; what is in it is found out when the run begins. */
  readonly folder: string;
  /** Where the report goes. */
  readonly report: string;
}

/** Reads every file of a folder, a few at a time, works on each in several ways at once, and reports in the order of the files. */
export function survey({ folder, report }: Survey): string {
  const files = list(folder);
  let words = 0;
  const lines = map(
    files,
    (file) => {
      const text = read(folder, file);
      const [count, longest, title] = all([() => countWords(text), () => longestLine(text), () => titleOf(text)]);
      words += count; // shared by all items: they are strands of one run
      return `${file}: "${title}", ${count} words, longest line ${longest}`;
    },
    { concurrency: 3 },
  );
  return publish(report, [...lines, `${words} words in ${files.length} files`]);
}

/** The first translator to answer; none may take longer than ten minutes, whatever becomes of this process meanwhile. */
function titleOf(text: string): string {
  const title = text.split("\n", 1)[0] ?? "";
  return withTimeout("10 minutes", () => any([() => translate("quick", title), () => translate("thorough", title)]));
}
