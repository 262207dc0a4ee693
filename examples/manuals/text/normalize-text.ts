/**
 * One spelling for what looks the same: line ends, blanks, hyphens, composed letters. Comments of HTML go, their line
 * ends stay. Compatibility forms (NFKC) are not touched: they would turn `º` into the letter o.
 */
export function normalizeText(text: string): string {
  const plain = withoutComments(text)
    // A graph stores UTF-8, in which half of a surrogate pair has no form.
    .toWellFormed()
    .normalize("NFC")
    .replace(/\r\n?|[\u2028\u2029\f]/g, "\n")
    .replace(/[\t\u00A0\u2000-\u200A\u202F\u205F\u3000]/g, (blank) => (blank === "\t" ? "    " : " "))
    .replace(/[\u00AD\u200B-\u200D\u2060\uFEFF]/g, "")
    .replace(/[\u2010\u2011]/g, "-");
  return withoutMargin(plain);
}

/** A margin that every line has would hide headings, which stand at its start. */
function withoutMargin(text: string): string {
  if (!text.startsWith(" ") && !text.startsWith("\n")) return text;
  const lines = text.split("\n");
  let margin = Number.POSITIVE_INFINITY;
  for (const line of lines) if (line.trim() !== "") margin = Math.min(margin, line.length - line.trimStart().length);
  return margin === 0 || margin === Number.POSITIVE_INFINITY
    ? text
    : lines.map((line) => line.slice(margin)).join("\n");
}

/** A part of a text, without the halves of the signs that the ends cut through. */
export function cut(text: string, from: number, to: number): string {
  return text.slice(from, to).replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, "");
}

// By indexOf, not by a regular expression: an unclosed `<!--` in each line would make one quadratic.
function withoutComments(text: string): string {
  let kept = "";
  let from = 0;
  for (;;) {
    const open = text.indexOf("<!--", from);
    const close = open < 0 ? -1 : text.indexOf("-->", open + 4);
    if (close < 0) return kept + text.slice(from);
    const comment = text.slice(open, close);
    kept += text.slice(from, open) + comment.replace(/[^\n]+/g, "");
    from = close + 3;
  }
}
