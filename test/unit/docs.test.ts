import { spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { commandsIn, whyNot } from "../support/commands.ts";
import { anchorsOf, codeBlocks, DOCUMENTS, linksOf, read, ROOT } from "../support/markdown.ts";

/* What the documents tell their readers exists: commands, paths, links, settings. */

const HEADINGS = ["About", "Usage", "Defaults", "Telemetry", "Diagram", "Anti-patterns"];
const REPORTS = ["README.md", "performance.md", "scenarios.md", "faults-of-peers.md"];

const concepts = DOCUMENTS.filter((file) => dirname(file) === "docs" && !REPORTS.includes(basename(file)));
const described = DOCUMENTS.filter((file) => file !== "CHANGELOG.md");

interface DescribedOperation {
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Parameters<typeof z.fromJSONSchema>[0] }>>;
  };
}

const openApi: {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
} = JSON.parse(readFileSync(join(ROOT, "docs/openapi.json"), "utf8"));

describe("the documents", () => {
  it.for(concepts)("%s has the headings of every concept's page, in their order", (file) => {
    const found = [...read(file).matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    expect(found).toEqual(HEADINGS);
  });

  it("are all in the index", () => {
    const linked = new Set(linksOf("docs/README.md").map((target) => target.split("#", 1)[0]));
    const pages = DOCUMENTS.filter((file) => file.startsWith("docs/") && file !== "docs/README.md");
    expect(pages.filter((file) => !linked.has(file.slice("docs/".length)))).toEqual([]);
  });

  it("have generated parts that are as the sources are", { timeout: 60_000 }, () => {
    const checked = spawnSync(
      process.execPath,
      ["--conditions=holdfast-source", join(ROOT, "scripts/write-docs.ts"), "--check"],
      { encoding: "utf8" },
    );
    expect(checked).toMatchObject({ status: 0, stderr: "" });
  });

  it("link to files and headings that are there", () => {
    const broken = DOCUMENTS.flatMap((file) =>
      linksOf(file)
        .filter((target) => !/^[a-z]+:/.test(target) && !leadsSomewhere(file, target))
        .map((target) => `${file}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it("tell people to type commands that there are, with options that these take", () => {
    const wrong = described
      .flatMap(codeBlocks)
      .filter(({ language }) => language === "sh")
      .flatMap(({ file, line, code }) =>
        commandsIn(code).flatMap((command) => {
          const why = whyNot(command);
          return why === undefined ? [] : [`${file}:${line}: ${command}: ${why}`];
        }),
      );
    expect(wrong).toEqual([]);
  });

  it("name commands of holdfast in their sentences that there are", () => {
    const wrong = described.flatMap((file) =>
      [...read(file).matchAll(/`((?:npx )?holdfast (?!COMMAND)[a-z][^`\n]*|npm (?:run )?[a-z][^`\n]*)`/g)].flatMap(
        ([, command = ""]) => {
          const why = commandsIn(command.replaceAll("…", "")).map(whyNot).find(Boolean);
          return why === undefined ? [] : [`${file}: ${command}: ${why}`];
        },
      ),
    );
    expect(wrong).toEqual([]);
  });

  it("name paths of REST that the OpenAPI document has, under the methods that it has", () => {
    const known = Object.entries(openApi.paths).map(([path, methods]) => ({
      pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`),
      methods: Object.keys(methods).map((method) => method.toUpperCase()),
    }));
    const wrong = described.flatMap((file) =>
      [...read(file).matchAll(/(?:\b(GET|POST|PUT|PATCH|DELETE) )?(\/api\/v4\/[\w{}/.:%-]*[\w}])/g)].flatMap(
        ([whole, method, path = ""]) => {
          if (path === "/api/v4/openapi.json") return [];
          const found = known.filter(({ pattern }) => pattern.test(path));
          const isThere = found.some(({ methods }) => method === undefined || methods.includes(method));
          return isThere ? [] : [`${file}: ${whole}`];
        },
      ),
    );
    expect(wrong).toEqual([]);
  });

  it("send bodies to REST that it takes", () => {
    const sent = described
      .flatMap(codeBlocks)
      .filter(({ language }) => language === "sh")
      .flatMap(({ file, code }) => commandsIn(code).map((command) => ({ file, command })))
      .filter(({ command }) => command.startsWith("curl ") && command.includes(" -d "));
    expect(sent.length).toBeGreaterThan(3);
    expect(sent.filter(({ command }) => !takes(command))).toEqual([]);
  });
});

/** Whether the body in a command of curl is what the OpenAPI document describes. */
function takes(command: string): boolean {
  const [, method = "POST"] = /-X ([A-Z]+)/.exec(command) ?? [];
  const [, path = ""] = /(\/api\/v4\/[^\s"']*)/.exec(command) ?? [];
  const [, body = ""] = /-d '([^']*)'/.exec(command) ?? [];
  const described = Object.entries(openApi.paths).find(([each]) =>
    new RegExp(`^${each.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path),
  )?.[1][method.toLowerCase()];
  const schema = described?.requestBody?.content["application/json"]?.schema;
  return schema !== undefined && z.fromJSONSchema(schema).safeParse(JSON.parse(body)).success;
}

const NAME = /holdfast\.[a-z_]+(?:\.[a-z_]+)*/;

describe("telemetry, as the documents tell it", () => {
  const sources = globSync("src/**/*.ts", { cwd: ROOT, exclude: ["src/surface/console/**"] })
    .map(read)
    .join("\n");
  const literals = new RegExp(`"(${NAME.source})"`, "g");
  const known = new Set([...sources.matchAll(literals)].map(([, name = ""]) => name));

  it("has no metric, span or attribute that nothing emits", () => {
    const told = described.flatMap((file) =>
      [...read(file).matchAll(new RegExp(`\`(${NAME.source})\``, "g"))].map(([, name = ""]) => ({ file, name })),
    );
    expect(told.length).toBeGreaterThan(30);
    expect(told.filter(({ name }) => !known.has(name))).toEqual([]);
  });

  it("has no name of Prometheus that is none of theirs", () => {
    const exposed = [...known].map((name) => name.replaceAll(".", "_"));
    const isOfOne = (name: string): boolean =>
      exposed.some(
        (each) =>
          name === each || (/^_(?:seconds|bytes|ratio|total)+/.test(name.slice(each.length)) && name.startsWith(each)),
      );
    const told = described.flatMap((file) =>
      [...read(file).matchAll(/\bholdfast(?:_[a-z]+)+/g)].map(([name]) => ({ file, name })),
    );
    expect(told.length).toBeGreaterThan(3);
    expect(told.filter(({ name }) => !isOfOne(name))).toEqual([]);
  });

  it("leaves out none of those that are emitted", () => {
    const page = read("docs/telemetry.md");
    expect([...known].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});

function leadsSomewhere(from: string, target: string): boolean {
  const [path = "", anchor] = target.split("#", 2);
  const file = path === "" ? from : normalize(join(dirname(from), decodeURI(path)));
  if (!existsSync(join(ROOT, file))) return false;
  return anchor === undefined || !file.endsWith(".md") || anchorsOf(file).has(anchor);
}
