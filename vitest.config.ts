import { defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";
import { ClosingLine } from "./test/closing-line.ts";

export default defineConfig({
  // `import "holdfast"` means our sources in a test file, which vite resolves. What Node resolves, child processes and
  // workers among it, has the condition from scripts/run.mjs.
  ssr: { resolve: { conditions: ["holdfast-source", ...defaultServerConditions] } },
  test: {
    include: ["test/**/*.test.ts"],
    // One Neo4j for the whole run.
    globalSetup: ["test/neo4j-global-setup.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ["default", new ClosingLine()],
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts", "machines/**/*.ts", "routers/**/*.ts", "config/**/*.ts"],
      reporter: ["text-summary", "html", "json-summary"],
      reportsDirectory: "coverage",
    },
  },
});
