/** Comma-separated values, read and written. */
import Papa from "papaparse";
import { attempt, numbers } from "../kit.mjs";

const TEXT = `# made up
name,age,"quoted ""name""",note
Ann,31,"a,b","line one
line two"
Bob,twelve,,'single'
,,"",
Eve,1e3,true,2024-02-29T10:00:00Z,extra
`;

export default function main() {
  const rows = generated(40);
  return {
    plain: Papa.parse(TEXT, { comments: "#" }),
    headed: Papa.parse(TEXT, {
      comments: "#",
      header: true,
      dynamicTyping: { age: true },
      skipEmptyLines: "greedy",
      transformHeader: (name, index) => `${index}:${name}`,
    }),
    transformed: Papa.parse("a;b\n1;2\n3;4", {
      header: true,
      transform: (value, field) => (field === "b" ? value * 2 : `<${value}>`),
    }).data,
    guessed: ["a\tb\n1\t2", "a|b\r\n1|2", "a;b\n1,5;2", "one"].map((text) => Papa.parse(text).meta),
    malformed: ['a,"b\nc', 'a,"b"c\n1,2', '"a"", b'].map((text) => Papa.parse(text).errors),
    stepped: stepped(),
    chunked: chunked(rows),
    written: Papa.unparse(rows.slice(0, 4), { quotes: [false, true], escapeFormulae: true, newline: "\n" }),
    columns: Papa.unparse(
      {
        fields: ["x", "y"],
        data: [
          [1, 'a"b'],
          ["=1+1", null],
        ],
      },
      { delimiter: "\t", quoteChar: "'", header: false },
    ),
    round: JSON.stringify(Papa.parse(Papa.unparse(rows), { header: true, dynamicTyping: true }).data) === JSON.stringify(rows),
    errors: [
      attempt(() => Papa.unparse(5)),
      attempt(() => Papa.unparse('{"a"')),
      attempt(() => Papa.parse("a,b", { transform: 5 }).data),
    ],
  };
}

/** Row by row, stopped half way. */
function stepped() {
  const seen = [];
  Papa.parse(TEXT, {
    header: true,
    comments: "#",
    step: (result, parser) => {
      seen.push(result.data.name);
      if (seen.length === 3) parser.abort();
    },
    complete: (result) => seen.push(result?.meta.aborted),
  });
  return seen;
}

function chunked(rows) {
  const sizes = [];
  Papa.parse(Papa.unparse(rows), {
    preview: 25,
    fastMode: true,
    chunk: (result) => sizes.push(result.data.length),
    complete: () => sizes.push("done"),
  });
  return sizes;
}

function generated(count) {
  const random = numbers(11);
  const words = ["plain", "with, comma", 'with "quotes"', "with\nline", " spaced "];
  return Array.from({ length: count }, (_, id) => ({
    id,
    text: words[Math.floor(random() * words.length)],
    score: Math.round(random() * 1e4) / 100,
    ok: random() < 0.5,
  }));
}
