import { MisuseError } from "./errors.ts";

/**
 * The SQLite driver needs Node-API 10, and ends the process without a word where it is not: package.json says the same
 * in `engines`, which npm does not enforce.
 */
const OLDEST = [
  [22, 14],
  [23, 6],
] as const;

/** @throws MisuseError `node_too_old` */
export function checkNodeVersion(version: string = process.versions.node): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [, oldestMinor] = OLDEST.find(([line]) => line === major) ?? [];
  if (oldestMinor === undefined ? major > 23 : minor >= oldestMinor) return;
  throw new MisuseError(
    "node_too_old",
    `Holdfast needs Node 22.14 or newer (of 23: 23.6), and this is ${version}: run the service on a newer Node.`,
  );
}
