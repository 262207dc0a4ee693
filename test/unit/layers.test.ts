import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

/*
 * The layer rule:   machines ← src/control ← src/runtime ← routers ← src/surface
 *
 * An arrow reads "is imported by"; nothing points the other way. The data plane (operations, queue, graph, …) sits
 * beside the machines, below src/control. machines/contracts and config/ may be imported anywhere.
 */

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

interface SourceFile {
  readonly path: string;
  readonly imports: readonly Import[];
}

/** One import line, its target resolved: a path of this repository, or the name of a package. */
interface Edge {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
  readonly relative: boolean;
}

interface Rule {
  readonly says: string;
  readonly isBrokenBy: (edge: Edge) => boolean;
}

const isWithin = (...folders: string[]) => {
  return (path: string): boolean => folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
};

const isContract = isWithin("machines/contracts");
const isMachine = (path: string): boolean => isWithin("machines")(path) && !isContract(path);
const isControl = isWithin("src/control");
const isClient = isWithin("src/surface/client");
const isConfig = isWithin("config");
const isProduct = isWithin("machines", "src", "routers", "config");
const isTesting = isWithin("src/testing");
const isExample = isWithin("examples", "bench");
const isTest = isWithin("test");
const isXState = isWithin("xstate");
const isOurName = isWithin("holdfast");
/** Files that judge from outside. */
const isProof = (path: string): boolean => /(^|\/)verify-[a-z0-9-]+\.ts$/.test(path);
const isOutside = (to: string): boolean => isWithin("better-sqlite3", "neo4j-driver")(to) || to.startsWith("node:");

/** From left to right in the rule above. What is in no named layer of src/ is data plane. */
function layerOf(path: string): number {
  if (isWithin("src/surface")(path)) return 5;
  if (isWithin("routers")(path)) return 4;
  if (isTesting(path) || /^src\/(runtime(-[a-z-]+)?|index)\.ts$/.test(path)) return 3;
  if (isControl(path)) return 2;
  return isWithin("src")(path) ? 1 : 0;
}

const RULES: readonly Rule[] = [
  {
    says: "imports point left: machines ← src/control ← src/runtime ← routers ← src/surface",
    isBrokenBy: ({ from, to }) => isProduct(from) && isProduct(to) && layerOf(to) > layerOf(from),
  },
  {
    says: "machines/ imports xstate and its siblings, nothing else",
    isBrokenBy: ({ from, to, relative }) => isMachine(from) && !(relative ? isWithin("machines")(to) : isXState(to)),
  },
  {
    says: "machines/contracts imports only itself",
    isBrokenBy: ({ from, to }) => isContract(from) && !isContract(to),
  },
  {
    says: "config/ imports nothing of ours but machines/contracts",
    isBrokenBy: ({ from, to, relative }) => isConfig(from) && relative && !isConfig(to) && !isContract(to),
  },
  {
    says: "only src/control imports a machine; scripts and docs read the registry, tests may read all",
    isBrokenBy({ from, to }) {
      if (!isMachine(to) || isMachine(from) || isControl(from) || isTest(from)) return false;
      return !(isWithin("scripts", "docs")(from) && to === "machines/index.ts");
    },
  },
  {
    says: "only machines/ and src/control know xstate (and tests and scripts)",
    isBrokenBy: ({ from, to }) => isXState(to) && !isWithin("machines", "src/control", "test", "scripts")(from),
  },
  {
    says: "src/surface/client imports only types from elsewhere in this repository",
    isBrokenBy: ({ from, to, relative, typeOnly }) => isClient(from) && relative && !isClient(to) && !typeOnly,
  },
  {
    says: "product code does not import src/testing",
    isBrokenBy: ({ from, to }) => isProduct(from) && !isTesting(from) && isTesting(to),
  },
  {
    says: "product code imports product code, by path",
    isBrokenBy: ({ from, to, relative }) => isProduct(from) && (relative ? !isProduct(to) : isOurName(to)),
  },
  {
    says: "examples and benches import product code by its package name",
    isBrokenBy: ({ from, to, relative }) => isExample(from) && relative && isProduct(to),
  },
  {
    says: "what proves from outside (verify-*) imports raw drivers and its siblings, nothing of ours",
    isBrokenBy: ({ from, to }) => isProof(from) && !isProof(to) && !isOutside(to),
  },
];

/** One line per broken rule and import. */
function findViolations(files: readonly SourceFile[], rules: readonly Rule[] = RULES): string[] {
  return files.flatMap(({ path, imports }) =>
    imports.flatMap(({ specifier, typeOnly }) => {
      const relative = specifier.startsWith(".");
      const to = relative ? join(dirname(path), specifier) : specifier;
      const broken = rules.filter((rule) => rule.isBrokenBy({ from: path, to, typeOnly, relative }));
      return broken.map(({ says }) => `${path} imports ${to}: ${says}`);
    }),
  );
}

/** Import lines only: a statement begins its line, which the examples within comments do not. */
function readImports(source: string): Import[] {
  const statements = source.matchAll(/^(?:import|export)\s+(type\s)?([^"';=]*?)from\s+"([^"]+)"/gm);
  const bare = source.matchAll(/^import\s+"([^"]+)"/gm);
  const dynamic = source.matchAll(/(typeof\s+)?\bimport\("([^"]+)"\)/g);
  return [
    ...statements.map(([, type, names, specifier]) => ({
      specifier: specifier ?? "",
      typeOnly: type !== undefined || bringsOnlyTypes(names ?? ""),
    })),
    ...bare.map(([, specifier]) => ({ specifier: specifier ?? "", typeOnly: false })),
    ...dynamic.map(([, type, specifier]) => ({ specifier: specifier ?? "", typeOnly: type !== undefined })),
  ];
}

/** `{ type A, type B }` */
function bringsOnlyTypes(names: string): boolean {
  const inBraces = /^\{([^}]*)\}\s*$/.exec(names)?.[1];
  if (inBraces === undefined) return false;
  const each = inBraces.split(",").map((name) => name.trim());
  return each.every((name) => name === "" || name.startsWith("type "));
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FOLDERS = ["machines", "src", "routers", "config", "examples", "bench", "scripts", "docs", "test"];

function readTree(): SourceFile[] {
  return readdirSync(ROOT)
    .filter((folder) => FOLDERS.includes(folder))
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
        .map((path) => join(folder, path.replaceAll("\\", "/")))
        .filter((path) => /\.(ts|tsx|mts|mjs|js)$/.test(path) && !path.includes("node_modules/"))
        .map((path) => ({ path, imports: readImports(readFileSync(join(ROOT, path), "utf8")) })),
    );
}

describe("the layer rule", () => {
  test("holds for every import line of the tree", () => {
    const files = readTree();
    expect(files.some(({ path }) => isProduct(path))).toBe(true);
    expect(findViolations(files)).toEqual([]);
  });

  test.each<[path: string, specifier: string, broken: string]>([
    ["machines/pin.machine.ts", "../src/ports.ts", "imports point left"],
    ["machines/pin.machine.ts", "../src/ports.ts", "its siblings, nothing else"],
    ["machines/pin.machine.ts", "../config/types.ts", "its siblings, nothing else"],
    ["machines/pin.machine.ts", "node:timers", "its siblings, nothing else"],
    ["machines/contracts/cause.ts", "../pin.machine.ts", "machines/contracts imports only itself"],
    ["config/schema.ts", "../src/errors.ts", "config/ imports nothing of ours"],
    ["src/control/sensors/memory.ts", "../../runtime.ts", "imports point left"],
    ["src/queue/dispatcher.ts", "../control/root.ts", "imports point left"],
    ["src/operations/submit.ts", "../runtime.ts", "imports point left"],
    ["src/graph/neo4j/index.ts", "../../../routers/app.router.ts", "imports point left"],
    ["src/runtime.ts", "../routers/app.router.ts", "imports point left"],
    ["routers/queue.router.ts", "../src/surface/server/index.ts", "imports point left"],
    ["routers/queue.router.ts", "../machines/root.machine.ts", "only src/control imports a machine"],
    ["src/surface/inspect/states.ts", "../../../machines/index.ts", "only src/control imports a machine"],
    ["src/admission/policy.ts", "../../machines/modes/normal.machine.ts", "only src/control imports a machine"],
    ["scripts/write-diagrams.ts", "../machines/pin.machine.ts", "only src/control imports a machine"],
    ["src/runtime.ts", "xstate", "know xstate"],
    ["src/testing/path-walker.ts", "xstate/graph", "know xstate"],
    ["src/surface/client/index.ts", "../../../routers/app.router.ts", "imports only types"],
    ["src/storage/writer.ts", "../testing/virtual-clock.ts", "does not import src/testing"],
    ["src/operations/define.ts", "../../test/helper.ts", "by path"],
    ["src/operations/define.ts", "holdfast", "by path"],
    ["examples/demo/demo.ts", "../../src/index.ts", "by its package name"],
    ["test/chaos/campaign/verify-lists.ts", "./workload.ts", "nothing of ours"],
    ["examples/demo/verify-lists.ts", "holdfast", "nothing of ours"],
  ])("notices %s importing %s: %s", (path, specifier, broken) => {
    const found = findViolations([{ path, imports: [{ specifier, typeOnly: false }] }]);
    expect(found.some((line) => line.includes(broken))).toBe(true);
  });

  test.each<[path: string, specifier: string, typeOnly?: boolean]>([
    ["machines/root.machine.ts", "xstate"],
    ["machines/modes/normal.machine.ts", "../contracts/modes.ts"],
    ["src/control/root.ts", "../../machines/index.ts"],
    ["src/control/actors/probe.ts", "../../dependencies/probe.ts"],
    ["src/admission/policy.ts", "../../machines/contracts/modes.ts"],
    ["src/storage/writer.ts", "../../config/types.ts"],
    ["src/storage/writer.ts", "better-sqlite3"],
    ["src/runtime.ts", "./control/root.ts"],
    ["routers/app.router.ts", "../src/runtime.ts"],
    ["src/surface/client/index.ts", "../../../routers/app.router.ts", true],
    ["src/testing/index.ts", "../runtime.ts"],
    ["scripts/write-diagrams.ts", "../machines/index.ts"],
    ["test/model/pin.test.ts", "../../machines/pin.machine.ts"],
    ["examples/demo/demo.ts", "holdfast/neo4j"],
    ["test/chaos/campaign/verify-journal.ts", "better-sqlite3"],
    ["test/chaos/campaign/verify-lists.ts", "./verify-acknowledgements.ts", true],
  ])("allows %s importing %s", (path, specifier, typeOnly = false) => {
    expect(findViolations([{ path, imports: [{ specifier, typeOnly }] }])).toEqual([]);
  });

  test("reads every form of an import line, and no comment", () => {
    const source = [
      `import { a } from "./value.ts";`,
      `import type { B } from "./type.ts";`,
      `import { type C, type D } from "./types.ts";`,
      `import { type E, f } from "./mixed.ts";`,
      `import {\n  g,\n  h,\n} from "./long.ts";`,
      `import "./effect.ts";`,
      `export * from "./all.ts";`,
      `export type { I } from "./type-again.ts";`,
      `export const late = () => import("./late.ts");`,
      `type J = typeof import("./late-type.ts");`,
      ` * import { k } from "./comment.ts";`,
    ].join("\n");
    expect(readImports(source)).toEqual([
      { specifier: "./value.ts", typeOnly: false },
      { specifier: "./type.ts", typeOnly: true },
      { specifier: "./types.ts", typeOnly: true },
      { specifier: "./mixed.ts", typeOnly: false },
      { specifier: "./long.ts", typeOnly: false },
      { specifier: "./all.ts", typeOnly: false },
      { specifier: "./type-again.ts", typeOnly: true },
      { specifier: "./effect.ts", typeOnly: false },
      { specifier: "./late.ts", typeOnly: false },
      { specifier: "./late-type.ts", typeOnly: true },
    ]);
  });
});
