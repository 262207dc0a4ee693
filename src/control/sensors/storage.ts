import type { StorageState } from "../../queue/storage-health.ts";
import type { Sensor } from "./sensor.ts";

/** 1 while no thread writes the journal, because it is lost or because another one has not taken over yet; else 0. */
export const storageSensor = (state: () => StorageState): Sensor => ({
  name: "storage",
  trigger: "storage_unavailable",
  read() {
    const storage = state();
    return {
      value: storage === "lost" || storage === "restarting" ? 1 : 0,
      what: storage === "lost" ? "the thread that writes the journal is lost" : `the journal is ${storage}`,
      values: { storage },
      measured: {},
    };
  },
});
