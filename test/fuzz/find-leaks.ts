import type { Received } from "./send.ts";

/** What must never be in an answer, and where it would come from. */
const PATTERNS: readonly (readonly [string, RegExp])[] = [
  ["a stack trace", /\n\s*at |\\n\s+at [\w.<>]+ \(/],
  ["a place in the sources", /[\w-]+\.(?:ts|js|mjs):\d+:\d+/],
  ["node_modules", /node_modules/],
  ["an absolute path", /(?:file:\/\/|["' (](?:\/home\/|\/tmp\/|\/usr\/|\/root\/|\/var\/|[A-Z]:\\))/],
  ["a message of SQLite", /SQLITE_|no such (?:table|column)|UNIQUE constraint/],
  [
    "a message of V8",
    /is not a function|Cannot read propert|is not iterable|Maximum call stack|Unexpected token|in JSON at/,
  ],
];

/** @param secrets what was planted, and stands in no document */
export function findLeaks({ text, headers }: Received, sent: string, secrets: readonly string[]): readonly string[] {
  const whole = `${headers}\n${text}`;
  const found = PATTERNS.flatMap(([what, pattern]) => {
    const match = pattern.exec(whole);
    // What a caller has sent himself he may be told.
    return match === null || sent.includes(match[0].trim()) ? [] : [`${what}: ${JSON.stringify(match[0])}`];
  });
  const planted = secrets.flatMap((secret) => (whole.includes(secret) ? [`a planted secret: ${secret}`] : []));
  return [...found, ...planted];
}
