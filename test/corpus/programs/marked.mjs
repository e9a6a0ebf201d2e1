/** Renders Markdown to HTML, with extensions of the renderer and the tokenizer. */
import { Marked, marked, Renderer } from "marked";

const TEXT = `# Title *with* \`code\` & more

A paragraph with **bold _nested_ text**, ~~struck~~, a [link](http://a.example/?q="x" "The title"), ![image](i.png),
an <em>inline tag</em>, an auto link https://example.org/path_(x) and a reference [one][ref]. Two spaces  
break \\*escaped\\* &copy; &lt;

> quoted
> > deeper
> - list in quote

1. first
2. second
   - nested
     \`\`\`js
     const a = 1 < 2;
     \`\`\`
   - [x] done
   - [ ] open

3. loose

| left | centre | right |
|:-----|:------:|------:|
| 1    | \`a\\|b\` | **3** |
| 4    |        | 6     |

Setext
------

\`\`\`html
<b>"quoted"</b>
\`\`\`

    indented code

<div>
block *html*
</div>

***

[ref]: <http://ref.example/a b> 'Ref'
Last line ::warn{mind the gap} and end.
`;

export default function main() {
  return {
    html: marked.parse(TEXT),
    breaks: new Marked({ breaks: true, gfm: true }).parse("a\nb\n~~c~~"),
    pedantic: new Marked({ pedantic: true }).parse("_a_b_ *c*\n1. x\n* y"),
    inline: marked.parseInline("*a* `b` [c](d)"),
    types: types(marked.lexer(TEXT)),
    custom: custom().parse(TEXT),
    walked: walked(),
    refused: refused(),
  };
}

function types(tokens) {
  return tokens.map((token) =>
    token.tokens
      ? [token.type, types(token.tokens)]
      : token.items
        ? [token.type, token.items.map((item) => types(item.tokens))]
        : token.type,
  );
}

function custom() {
  const renderer = new Renderer();
  renderer.heading = (text, level, raw) =>
    `<h${level + 1} id="${raw.toLowerCase().replace(/[^\w]+/g, "-")}">${text}</h${level + 1}>\n`;
  const warn = {
    name: "warn",
    level: "inline",
    start: (source) => source.indexOf("::warn"),
    tokenizer(source) {
      const match = /^::warn\{([^}]*)\}/.exec(source);
      return match ? { type: "warn", raw: match[0], tokens: this.lexer.inlineTokens(match[1]) } : undefined;
    },
    renderer(token) {
      return `<strong class="warn">${this.parser.parseInline(token.tokens)}</strong>`;
    },
  };
  return new Marked({
    renderer,
    extensions: [warn],
    hooks: { preprocess: (text) => text.replaceAll("gap", "step"), postprocess: (html) => `<main>${html}</main>` },
  });
}

function walked() {
  const links = [];
  const html = new Marked({
    walkTokens: (token) => void (token.type === "link" && links.push((token.href = token.href.toUpperCase()))),
  }).parse("[a](b) and [c](d/e)");
  return [links, html];
}

function refused() {
  try {
    return marked.parse(undefined);
  } catch (error) {
    return error.message.split("\n")[0];
  }
}
