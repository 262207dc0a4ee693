import { setEnvironmentData } from "node:worker_threads";
import { onTestFinished } from "vitest";
import { AFTER_COMMIT, BEFORE_COMMIT, ENDING_WRITER, PLACES } from "./ending-points.ts";

export type EndingPoint = "before commit" | "after commit";

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
      Atomics.store(places, PLACES.point, point === "before commit" ? BEFORE_COMMIT : AFTER_COMMIT);
    },
    /** How often one has ended itself. */
    get ended(): number {
      return Atomics.load(places, PLACES.ended);
    },
  };
}
