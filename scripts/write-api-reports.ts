import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";
import { run } from "./pack-package.ts";

/*
 * Writes docs/api/*.api.md: what each entry point of the package offers, so that a change of it is seen in a review.
 *
 *     npm run api                 writes them
 *     npm run api -- --check      exits 1 where one is stale
 */

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const isCheck = process.argv.includes("--check");

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
}

const manifest = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as Manifest;
const entries = Object.entries(manifest.exports).flatMap(([name, target]) =>
  typeof target === "string" ? [] : [{ name: name === "." ? "index" : name.slice(2), types: target.types }],
);

await mkdir(join(ROOT, "docs/api"), { recursive: true });
await mkdir(join(ROOT, ".cache"), { recursive: true });
// Within the project, where the declarations find what they import; what lies in node_modules is taken for another's.
const folder = await mkdtemp(join(ROOT, ".cache/api-"));
try {
  const project = join(ROOT, "tsconfig.build.json");
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  const argv = [compiler, "-p", project, "--emitDeclarationOnly", "--outDir", join(folder, "dist")];
  await run(process.execPath, argv);
  const stale = entries.filter((entry) => !report(entry));
  if (stale.length > 0 && isCheck) {
    console.error(`stale: ${stale.map(({ name }) => `docs/api/${name}.api.md`).join(", ")}; run: npm run api`);
    process.exitCode = 1;
  } else console.log(`docs/api: ${entries.length} reports ${isCheck ? "are as the package is" : "written"}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** @returns whether the report was as the entry is */
function report({ name, types }: (typeof entries)[number]): boolean {
  const config = ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(ROOT, "package.json"),
    configObject: {
      projectFolder: ROOT,
      mainEntryPointFilePath: join(folder, types),
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: "es2024",
            lib: ["es2024", "esnext"],
            module: "nodenext",
            types: ["node"],
            strict: true,
            skipLibCheck: true,
            allowImportingTsExtensions: true,
            noEmit: true,
          },
          files: [join(folder, types)],
        },
      },
      apiReport: {
        enabled: true,
        reportFolder: join(ROOT, "docs/api"),
        reportTempFolder: join(folder, "reports"),
        reportFileName: name,
        includeForgottenExports: false,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.None },
        },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
  });
  const { apiReportChanged, errorCount } = Extractor.invoke(config, {
    localBuild: !isCheck,
    messageCallback(message) {
      message.handled = true;
      if (message.logLevel === ExtractorLogLevel.Error) console.error(`${name}: ${message.text}`);
    },
  });
  if (errorCount > 0) throw new Error(`The declarations of ${name} cannot be read.`);
  return !apiReportChanged;
}
