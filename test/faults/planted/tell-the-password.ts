import { DependencyError } from "../../../src/errors.ts";
import * as real from "../../../src/graph/neo4j/index.ts";
import { wrapped } from "../wrapped.ts";

export * from "../../../src/graph/neo4j/index.ts";

/** The failure of a probe says with which password it was tried. */
export const neo4j: typeof real.neo4j = (options) => {
  const graph = real.neo4j(options);
  const password = typeof options.password === "function" ? options.password() : options.password;
  return {
    ...graph,
    connect(context) {
      const connection = graph.connect(context);
      return wrapped(connection, {
        probe: (timeoutMs) =>
          connection.probe(timeoutMs).catch((error: DependencyError) => {
            throw new DependencyError(error.code, `${error.message} (${password})`, {
              dependency: error.dependency,
              kind: error.kind,
              effect: error.effect,
            });
          }),
      });
    },
  };
};
