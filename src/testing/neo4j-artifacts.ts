import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The newest 5.26 (long-term support) that runs on Java 17. Community edition, GPL: fetched for tests, never shipped. */
const NEO4J_VERSION = "5.26.30";
const OLDEST_JAVA = 17;
const FETCH_WITHIN_MS = 10 * 60_000;

/** Where Maven's settings say nothing else, it takes the plugin's newest; Debian's default is too old for this goal. */
const COPY_DEPENDENCIES = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>holdfast.test</groupId><artifactId>neo4j-jars</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies><dependency>
    <groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>${NEO4J_VERSION}</version>
  </dependency></dependencies>
</project>`;

/** Why no local Neo4j can be started here; undefined when one can. */
export function neo4jUnavailable(cacheDirectory = defaultCacheDirectory()): string | undefined {
  const java = spawnSync(javaCommand(), ["-version"], { encoding: "utf8" });
  if (java.error !== undefined)
    return `no Java (${codeOf(java.error)}): Neo4j ${NEO4J_VERSION} needs Java ${OLDEST_JAVA} or newer`;
  const version = Number(/version "(\d+)/.exec(java.stderr)?.[1] ?? 0);
  if (version < OLDEST_JAVA)
    return `Java ${version} is too old: Neo4j ${NEO4J_VERSION} needs Java ${OLDEST_JAVA} or newer`;
  if (existsSync(libDirectory(cacheDirectory))) return undefined;
  const maven = spawnSync("mvn", ["-v"], { encoding: "utf8" });
  if (maven.error !== undefined)
    return `no Maven (${codeOf(maven.error)}) and no cached jars in ${libDirectory(cacheDirectory)}`;
  return undefined;
}

/**
 * The folder with Neo4j's jars: from the cache, else by Maven, whose own settings decide from where. 8 to 17 s with an
 * empty Maven repository, about 3 s from a filled one. The folder appears as a whole, so a present one is complete.
 */
export function fetchNeo4j(cacheDirectory = defaultCacheDirectory()): string {
  const lib = libDirectory(cacheDirectory);
  if (existsSync(lib)) return lib;
  mkdirSync(dirname(lib), { recursive: true });
  const work = mkdtempSync(join(dirname(lib), "fetching-"));
  try {
    writeFileSync(join(work, "pom.xml"), POM);
    const fetched = join(work, "lib");
    const argv = [
      "-q",
      "-B",
      "-ntp",
      "-f",
      join(work, "pom.xml"),
      COPY_DEPENDENCIES,
      "-DincludeScope=runtime",
      `-DoutputDirectory=${fetched}`,
    ];
    const maven = spawnSync("mvn", argv, { encoding: "utf8", timeout: FETCH_WITHIN_MS });
    if (maven.error !== undefined || maven.status !== 0)
      throw new Error(
        `Maven could not fetch Neo4j ${NEO4J_VERSION}: ${(maven.error?.message ?? maven.stdout + maven.stderr).slice(0, 2_000)}`,
      );
    publish(fetched, lib);
    return lib;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** A second process may have been faster: then its folder is as good as ours. */
function publish(fetched: string, lib: string): void {
  try {
    renameSync(fetched, lib);
  } catch (error) {
    if (!existsSync(lib)) throw error;
  }
}

/** The class path, sorted, so that it is the same string each time. */
export const classPath = (lib: string): string =>
  readdirSync(lib)
    .filter((name) => name.endsWith(".jar"))
    .toSorted()
    .map((name) => join(lib, name))
    .join(process.platform === "win32" ? ";" : ":");

export const javaCommand = (): string => (process.env.JAVA_HOME ? join(process.env.JAVA_HOME, "bin", "java") : "java");

const libDirectory = (cacheDirectory: string): string => join(cacheDirectory, `neo4j-${NEO4J_VERSION}`, "lib");

/** Outside node_modules, which `npm ci` deletes. The nearest folder with a package.json above us that is not a package's. */
function defaultCacheDirectory(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const inPackages = here.split(/[\\/]node_modules[\\/]/);
  if (inPackages.length > 1) return join(inPackages[0]!, ".cache");
  let folder = here;
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, ".cache");
}

const codeOf = (error: Error): string => (error as NodeJS.ErrnoException).code ?? error.name;
