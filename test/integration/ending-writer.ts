import { setEnvironmentData } from "node:worker_threads";
import { onTestFinished } from "vitest";
import { AFTER_COMMIT, BEFORE_COMMIT, BY_AN_ERROR, ENDING_WRITER, PLACES } from "./ending-points.ts";

const POINTS = { "before commit": BEFORE_COMMIT, "after commit": AFTER_COMMIT, "by an error": BY_AN_ERROR } as const;

/** `by an error`: an uncaught one, when the batch has been dealt with. */
export type EndingPoint = keyof typeof POINTS;

/** A thread that writes, and that ends itself at a named point. The journal is opened with its `entry`. */
export function endingWriter() {
  const shared = new SharedArrayBuffer(4 * Object.keys(PLACES).length);
  const places = new Int32Array(shared);
  setEnvironmentData(ENDING_WRITER, shared);
  onTestFinished(() => setEnvironmentData(ENDING_WRITER, undefined));
  return {
    entry: { file: "./ending-writer.worker", callersUrl: import.meta.url },
    /** At the next commit, or at the one after so many others. */
    endAt(point: EndingPoint, afterCommits = 0): void {
      Atomics.store(places, PLACES.commitsLeft, afterCommits + 1);
      Atomics.store(places, PLACES.point, POINTS[point]);
    },
    /** How often one has ended itself. */
    get ended(): number {
      return Atomics.load(places, PLACES.ended);
    },
  };
}
