import { join } from "node:path";
import { onTestFinished } from "vitest";
import { neo4jLogin, neo4jSkipped, OwnNeo4j } from "../conformance/neo4j-support.ts";
import { readEmbeddedLedger, temporaryFolder } from "../support/ledger.ts";
import type { LedgerSettings } from "./ledger-messages.ts";

/** A place for one test's ledger, and a way to read it that shares nothing with the product. */
export interface Ledger {
  readonly settings: Pick<LedgerSettings, "dataDirectory" | "graph">;
  readonly dataDirectory: string;
  lists(): Promise<Map<string, number[]>>;
}

export const LEDGER_GRAPHS: readonly {
  readonly name: string;
  readonly skipped: string | undefined;
  readonly open: () => Promise<Ledger>;
}[] = [
  {
    name: "the embedded graph",
    skipped: undefined,
    open: async () => {
      const folder = temporaryFolder();
      const file = join(folder, "graph.db");
      const dataDirectory = join(folder, "data");
      return {
        dataDirectory,
        settings: { dataDirectory, graph: { kind: "embedded", file } },
        lists: async () => readEmbeddedLedger(file),
      };
    },
  },
  {
    name: "a real Neo4j",
    skipped: neo4jSkipped,
    open: async () => {
      const own = new OwnNeo4j();
      onTestFinished(() => own.close());
      const dataDirectory = join(temporaryFolder(), "data");
      const label = `${own.prefix}Lane`;
      return {
        dataDirectory,
        settings: { dataDirectory, graph: { kind: "neo4j", ...login(), label, receiptLabel: own.receiptLabel } },
        lists: async () =>
          new Map(
            (await own.nodes(label)).map(({ id, numbers }) => [id as string, (numbers as number[] | undefined) ?? []]),
          ),
      };
    },
  },
];

function login(): { readonly uri: string; readonly username: string; readonly password: string } {
  const { uri, username, password } = neo4jLogin();
  return { uri, username, password };
}
