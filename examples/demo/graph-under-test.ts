import { join } from "node:path";
import type { Child } from "./child.ts";
import type { GraphSettings, ServiceCommand, ServiceReport } from "./messages.ts";
import type { Faults } from "./take-graph-away.ts";
import { readEmbeddedGraph } from "./verify-embedded-graph.ts";
import type { GraphReading, WhatToRead } from "./verify-reading.ts";
import type { Watch } from "./watch.ts";

export type Service = Child<ServiceCommand, ServiceReport>;

/** The graph that the demo takes away: how the service reaches it, how it is broken, and how it is read at the end. */
export interface GraphUnderTest {
  readonly settings: GraphSettings;
  faults(watch: Watch, service: Service): Faults;
  read(what: WhatToRead): Promise<GraphReading>;
}

/** The embedded graph: a file in the demo's folder. Its port is wrapped within the service, which is told what to do. */
export function embeddedUnderTest(folder: string): GraphUnderTest {
  const file = join(folder, "graph.db");
  return {
    settings: { kind: "embedded", file },
    faults: (watch, service) => {
      const apply = (fault: "cut" | "restore"): Promise<number> => {
        service.tell({ type: "fault", fault, count: 1 });
        return watch.until(({ faultsAppliedAt }) => faultsAppliedAt[fault]);
      };
      return {
        swallowCommitAnswers: (count) => service.tell({ type: "fault", fault: "swallow", count }),
        swallowed: (heard) => heard.service?.swallowed ?? 0,
        cut: () => apply("cut"),
        restore: () => apply("restore"),
      };
    },
    read: async (what) => readEmbeddedGraph(file, what),
  };
}
