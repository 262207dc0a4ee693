/** Where an error was thrown, without what it said: messages of foreign errors may carry payloads and credentials. */
export const stackWithoutMessage = (error: Error): string =>
  (error.stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 12)
    .map((line) => line.trim())
    .join(" | ");
