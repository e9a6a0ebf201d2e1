/** Headers of the fetch API. Their names come back in lower case, which is how they are read; HTTP does not tell the difference. */
import { registerExotic, registerLazily } from "./kind.js";

const TAG = 43;

registerLazily("Headers", TAG, () => {
  const { has, append, forEach, delete: remove } = Headers.prototype;

  /** Those of a received response refuse every change, also one that changes nothing. */
  function isLocked(headers: Headers): boolean {
    let name = "x-flowc";
    while (has.call(headers, name)) name += "-";
    try {
      remove.call(headers, name);
      return false;
    } catch {
      return true;
    }
  }

  registerExotic<Headers>({
    tag: TAG,
    prototype: Headers.prototype,
    is(value) {
      try {
        has.call(value, "x");
        return true;
      } catch {
        return false;
      }
    },
    head(out, headers) {
      if (isLocked(headers))
        out.refuse(
          headers,
          "it is the Headers of a response, which cannot be changed",
          "Keep a copy: `new Headers(response.headers)`.",
        );
      const pairs: string[] = [];
      forEach.call(headers, (value, name) => void pairs.push(name, value));
      out.uint(pairs.length / 2);
      for (const text of pairs) out.string(text);
    },
    make(input) {
      const headers = new Headers();
      for (let left = input.count(); left > 0; left--) append.call(headers, input.string(), input.string());
      return headers;
    },
  });
});
