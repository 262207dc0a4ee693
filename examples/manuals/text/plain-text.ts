const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  deg: "°",
  gt: ">",
  lt: "<",
  mdash: "—",
  minus: "−",
  nbsp: " ",
  ndash: "–",
  plusmn: "±",
  quot: '"',
  "#176": "°",
  "#xb0": "°",
};

const MARKUP = /[*_`[<&\\~$]/;

/**
 * The words of a line of Markdown without its marks. Every expression here either has a bounded length or cannot start
 * again within its own match, so that the time grows with the text only.
 */
export function plainText(line: string): string {
  if (!MARKUP.test(line)) return line.trim();
  return line
    .replace(/!?\[([^[\]]*)\]\([^()\s]{0,500}(?: "[^"]{0,200}")?\)/g, "$1")
    .replace(/<br ?\/?>/gi, " ")
    .replace(/<\/?[a-zA-Z][^<>]{0,200}>/g, "")
    .replace(/&(#?\w{2,6});/g, (entity, name: string) => ENTITIES[name.toLowerCase()] ?? entity)
    .replace(/\$?\^ ?\{?\\circ\}?\$?/g, "°")
    .replace(/`|~~|\*\*|__/g, "")
    .replace(/(?<![\d\s])\*|\*(?![\d\s])/g, "")
    .replace(/(?<![\p{L}\d])_(?=\S)|(?<=\S)_(?![\p{L}\d])/gu, "")
    .replace(/\\([!-/:-@[-`{-~])/g, "$1")
    .trim();
}
