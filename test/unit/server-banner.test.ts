import type { RuntimeStatus } from "holdfast";
import { banner, withoutCredentials } from "holdfast/server";
import { describe, expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };

const cause = { actor: "start", what: "a test" };

function status(
  changes: { readonly mode?: "normal" | "local_queue"; readonly ready?: number; readonly dead?: number } = {},
): RuntimeStatus {
  const { mode = "normal", ready = 0, dead = 0 } = changes;
  return {
    phase: "running",
    storage: "working",
    isMonitoring: true,
    operationsProcessedWhileDegraded: 0,
    control: {
      policy: {
        revision: 1,
        modes: [{ mode, step: "in_force", since: 0, cause }],
        byPriority: { critical: "run", high: "run", normal: "run", low: "run", deferred: "run" },
        dependencies: {
          graph: {
            state: mode === "normal" ? "closed" : "open",
            generation: 0,
            decision: "run",
            cause,
            backlogShare: 0,
          },
        },
        concurrencyFactor: 1,
        batchFactor: 1,
        attemptTimeoutFactor: 1,
      },
      breakers: [],
      triggers: [],
      pinState: "free",
      drains: [],
      incidents: [],
      autoRecovery: null,
      actors: [],
    },
    queue: {
      counts: { ready, scheduled: 0, blocked: 0, running: 0, closing: 0, held: 0, dead },
      waitingBytes: 0,
      freeDiskBytes: 0,
      pendingSubmits: 0,
      inFlight: 0,
    },
    dependencies: [
      {
        name: "graph",
        inUse: 0,
        limit: 64,
        configuredLimit: 64,
        consecutiveFailures: 0,
        windowCalls: 0,
        windowFailures: 0,
      },
    ],
    ended: { completed: 0, replayed: 0, failed: 0, dead: 0 },
  };
}

const at = { url: "http://127.0.0.1:4400", dataDirectory: "./data" };

describe("the banner", () => {
  test("says what runs, where, and how it is", () => {
    expect(banner({ ...at, status: status(), graph: { kind: "embedded" } })).toBe(
      [
        "",
        `  Holdfast ${packageJson.version} · node ${process.versions.node}`,
        "  tRPC       http://127.0.0.1:4400/trpc     REST  /api/v4     OpenAPI  /api/v4/openapi.json",
        "  health     http://127.0.0.1:4400/livez   http://127.0.0.1:4400/readyz",
        "  data       ./data  (SQLite, fsync on)",
        "  graph      embedded  (set NEO4J_URI for a real one)",
        "  mode       normal · 0 queued · dependencies: graph closed",
        "",
      ].join("\n"),
    );
  });

  test("says how to come in, in development", () => {
    const here = { ...at, status: status(), graph: { kind: "embedded" } } as const;
    expect(
      banner({ ...here, access: { token: "hf_dev_x", link: "hf_lnk_y" } })
        .split("\n")
        .slice(1, 4),
    ).toEqual([
      `  Holdfast ${packageJson.version} · development · node ${process.versions.node}`,
      "  console    http://127.0.0.1:4400/?token=hf_lnk_y   (signs you in, once; valid on this machine only)",
      "  token      hf_dev_x   (shown this once; for Authorization: Bearer)",
    ]);
    expect(banner({ ...here, access: { link: "hf_lnk_y" } })).toContain("  token      was shown at the first start; ");
    expect(banner({ ...here, access: {} })).toContain("  token      was revoked; ");
  });

  test("says what waits, and what needs a person", () => {
    const text = banner({
      ...at,
      status: status({ mode: "local_queue", ready: 12, dead: 1 }),
      graph: { kind: "neo4j", uri: "neo4j://graph:7687" },
    });
    expect(text).toContain("  mode       local_queue · 12 queued · 1 dead letter · dependencies: graph open\n");
    expect(text).toContain("  graph      neo4j  neo4j://graph:7687\n");
  });

  test("shows no credentials that stand in an address", () => {
    expect(withoutCredentials("neo4j+s://neo4j:secret@graph.example:7687")).toBe("neo4j+s://graph.example:7687");
    expect(withoutCredentials("bolt://neo4j@[::1]:7687/db")).toBe("bolt://[::1]:7687/db");
    expect(withoutCredentials("neo4j://neo4j:p@ss/w0rd@graph:7687")).not.toContain("w0rd");
  });
});
