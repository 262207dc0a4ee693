import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { codeBlocks, DOCUMENTS, type Example, examplesOf, ROOT } from "../support/markdown.ts";
import { missingIn, runExample, serviceFolder, UNTIL_STOPPED } from "../support/run-example.ts";
import { serviceOfExamples } from "../support/service-of-examples.ts";

/* Every TypeScript block that a reader may copy, out of every document. */

const NOT_RUN = /^not run: \S+/;
const BESIDE_A_SERVICE = /^run beside a service\b/;

const examples = DOCUMENTS.flatMap(examplesOf);
const nameOf = ({ file, line }: Example): string => `${file}:${line}`;
const isRun = ({ note }: Example): boolean => !NOT_RUN.test(note ?? "");
const needsService = ({ note = "" }: Example): boolean => BESIDE_A_SERVICE.test(note) || note === UNTIL_STOPPED;

describe("the examples of the documents", () => {
  it("compile against the sources, under the strictest settings", () => {
    const folder = serviceFolder();
    examples.forEach(({ code }, index) => writeFileSync(join(folder, `example-${index}.ts`), `${code}\nexport {};\n`));
    const settings = {
      extends: join(ROOT, "tsconfig.json"),
      compilerOptions: {
        rootDir: "/",
        paths: {},
        incremental: false,
        noEmit: true,
        allowImportingTsExtensions: true,
        rewriteRelativeImportExtensions: false,
        typeRoots: ["node_modules/@types"],
      },
      include: ["example-*.ts"],
      exclude: [],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings));
    const compiled = spawnSync(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", folder], {
      encoding: "utf8",
    });
    const told = compiled.stdout.replaceAll(/^.*example-(\d+)\.ts/gm, (_, index: string) => {
      const example = examples[Number(index)];
      return example === undefined ? index : nameOf(example);
    });
    expect(told).toBe("");
    expect(compiled.status).toBe(0);
  });

  // Those of the README are run by readme-examples.test.ts, which looks closer.
  const alone = examples.filter((each) => each.file !== "README.md" && isRun(each) && !needsService(each));

  it.for(alone.map((each) => [nameOf(each), each] as const))(
    "%s runs to its end, and prints what the document says",
    { timeout: 90_000 },
    async ([, example]) => {
      const { exitCode, output } = await runExample(example);
      expect({ missing: missingIn(output, example.prints), exitCode, output }).toEqual({ exitCode: 0, output });
    },
  );

  it("that ask a service are answered by it, as the documents say", { timeout: 180_000 }, async () => {
    const service = await serviceOfExamples();
    onTestFinished(() => service[Symbol.asyncDispose]());
    for (const example of examples.filter(needsService)) {
      const { exitCode, output } = await runExample(example, service.environment);
      const ends = example.note === UNTIL_STOPPED ? null : 0;
      expect({ of: nameOf(example), missing: missingIn(output, example.prints), exitCode, output }).toEqual({
        of: nameOf(example),
        exitCode: ends,
        output,
      });
    }
  });

  it("are run, but for these few, which say why they are not", () => {
    const others = examples.filter((example) => !isRun(example));
    expect(others.map(({ file, note }) => `${file}: ${note}`)).toMatchInlineSnapshot(`
    [
      "docs/graphs.md: not run: it needs a Neo4j server; the tests of test/conformance run the same calls on a real one",
    ]
  `);
  });

  it("carry no note that the tests do not know", () => {
    const strange = DOCUMENTS.flatMap(codeBlocks).filter(
      ({ language, note = UNTIL_STOPPED }) =>
        language === "ts" && note !== UNTIL_STOPPED && !NOT_RUN.test(note) && !BESIDE_A_SERVICE.test(note),
    );
    expect(strange.map(({ file, line, note }) => `${file}:${line}: ${note}`)).toEqual([]);
  });
});
