import { defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";
import { plantOfEnvironment, ROOT } from "./plant.ts";

const plant = plantOfEnvironment();

/** As vitest.config.ts, without Neo4j, and with the fault of the environment planted in what vite resolves. */
export default defineConfig({
  root: ROOT,
  ssr: { resolve: { conditions: ["holdfast-source", ...defaultServerConditions] } },
  plugins: [
    {
      name: "planted-fault",
      enforce: "pre",
      async resolveId(source, importer, options) {
        if (plant === undefined) return undefined;
        const resolved = await this.resolve(source, importer, { ...options, skipSelf: true });
        if (resolved?.id !== plant.target) return undefined;
        // Two modules need two ids: what is resolved is resolved once more, without telling for whom.
        return importer === plant.stand ? `${plant.target}?real` : plant.stand;
      },
    },
  ],
  test: {
    include: ["test/**/*.test.ts"],
    provide: { neo4j: { unavailable: "planted faults are shown without it" } },
    // What is resolved depends on the planted fault, which the cache does not know of.
    fsModuleCache: false,
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
