import { MisuseError } from "./errors.ts";

/** The oldest Node whose native interface the SQLite driver works with: on 20 it ends the process without a word. */
const OLDEST_MAJOR = 22;

/** @throws MisuseError `node_too_old` */
export function checkNodeVersion(version: string = process.versions.node): void {
  if (Number.parseInt(version, 10) < OLDEST_MAJOR)
    throw new MisuseError(
      "node_too_old",
      `Holdfast needs Node ${OLDEST_MAJOR} or newer, and this is ${version}: run the service on a newer Node.`,
    );
}
