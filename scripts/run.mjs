// node scripts/run.mjs FILE [ARGUMENT...]
//
// Stands in front of every npm script, so that `npm start` and `npm test` are all there is to type on a fresh machine:
//   1. installs node_modules when it is missing or differs from package-lock.json;
//   2. runs FILE on the Node 24 that package-lock.json pins (packages of tools/node), whatever Node the host has;
//   3. passes arguments, signals and the exit code through.
//
// It runs on the host's Node before anything is installed: node: modules only, and no syntax newer than Node 20.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const onWindows = process.platform === "win32";
const hostVersion = process.versions.node;

/** Reads TypeScript without a flag, and is new enough for better-sqlite3, which on Node 20 dies without a word. */
const RUNS_OUR_SOURCES = [22, 18];
const RUNS_THIS_FILE = [20, 0];

if (!isAtLeast(RUNS_THIS_FILE))
  giveUp(`Holdfast needs Node 20 or newer to install itself; this is Node ${hostVersion}.`);
if (!isInstalled()) installOnce();
run(chooseNode());

function isAtLeast([major, minor]) {
  const [hostMajor, hostMinor] = hostVersion.split(".").map(Number);
  return hostMajor > major || (hostMajor === major && hostMinor >= minor);
}

function giveUp(message) {
  console.error(message);
  process.exit(1);
}

// --- 1. install -----------------------------------------------------------------------------------------------------

function packagedNode() {
  return join(root, `node_modules/node-${process.platform}-${process.arch}/bin/node${onWindows ? ".exe" : ""}`);
}

/**
 * npm leaves node_modules/.package-lock.json behind, a description of what it installed. Comparing that one, rather
 * than a stamp of our own, also recognises an `npm install` made by hand. Optional packages may be absent (other
 * platforms), with one exception: our Node.
 */
function isInstalled() {
  const wanted = readPackages("package-lock.json");
  const installed = readPackages("node_modules/.package-lock.json");
  if (!wanted || !installed) return false;
  if (wanted[`node_modules/node-${process.platform}-${process.arch}`] && !existsSync(packagedNode())) return false;
  const places = new Set([...Object.keys(wanted), ...Object.keys(installed)]);
  for (const place of places) {
    if (!place.includes("node_modules/")) continue; // the root and the workspaces
    const [a, b] = [wanted[place], installed[place]];
    if (a?.optional && !b) continue;
    if (!a || !b || a.version !== b.version || a.integrity !== b.integrity) return false;
  }
  return true;
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), "utf8")).packages;
  } catch {
    return undefined;
  }
}

/** Two scripts started at once on a fresh clone: one installs, the other waits for it. */
function installOnce() {
  const lock = join(root, ".bootstrap.lock");
  while (!takeLock(lock)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
  const release = () => rmSync(lock, { recursive: true, force: true });
  process.once("exit", release);
  if (!isInstalled()) install();
  process.off("exit", release);
  release();
}

function takeLock(lock) {
  try {
    mkdirSync(lock);
    writeFileSync(join(lock, "pid"), String(process.pid));
    return true;
  } catch (error) {
    if (error.code !== "EEXIST")
      giveUp(`Cannot install packages (${error.code}): run it once as the owner of this folder.`);
  }
  if (!isHeld(lock)) rmSync(lock, { recursive: true, force: true });
  return false;
}

function isHeld(lock) {
  try {
    const pid = Number(readFileSync(join(lock, "pid"), "utf8"));
    if (pid > 0) return process.kill(pid, 0);
  } catch (error) {
    if (error.code === "ESRCH") return false;
    if (error.code === "EPERM") return true; // alive, someone else's
  }
  // The holder has yet to write its pid, or died before it could.
  const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return age < 5_000;
}

function install() {
  console.error("Installing packages (needed once, and after package-lock.json changed) ...");
  const argv = ["ci", "--include=dev", "--include=optional", "--prefer-offline", "--no-audit", "--no-fund"];
  // No install script is needed, and better-sqlite3's fails where there is no compiler.
  argv.push("--ignore-scripts");
  // The host's Node is older than packages ask for, but it only unpacks them: neither fail nor warn about that.
  argv.push("--engine-strict=false", "--loglevel=error");
  // npm must run on its own Node: it deletes the packaged one on the way. Its output is not our script's: stderr.
  const npm = process.env.npm_execpath;
  const options = { cwd: root, stdio: ["ignore", 2, "inherit"] };
  const { status, error } = npm?.endsWith("npm-cli.js")
    ? spawnSync(process.env.npm_node_execpath ?? process.execPath, [npm, ...argv], options)
    : spawnSync("npm", argv, { ...options, shell: onWindows });
  if (error) giveUp(`Cannot start npm: ${error.message}`);
  if (status !== 0) giveUp("npm ci failed; see above.");
}

// --- 2. choose ------------------------------------------------------------------------------------------------------

function chooseNode() {
  if (existsSync(packagedNode())) return packagedNode();
  if (isAtLeast(RUNS_OUR_SOURCES)) return process.execPath;
  return giveUp(
    `No packaged Node for ${process.platform}-${process.arch}, and the host's is ${hostVersion}: ` +
      `install Node ${RUNS_OUR_SOURCES.join(".")} or newer.`,
  );
}

// --- 3. run ---------------------------------------------------------------------------------------------------------

function run(node) {
  // What was compiled once is read back: half of a start's work. Not for tests, whose coverage it would blur.
  const isStart = ["start", "holdfast"].includes(process.env.npm_lifecycle_event);
  const child = spawn(node, process.argv.slice(2), {
    stdio: "inherit",
    env: {
      ...process.env,
      // A child process that says `node` gets the same one.
      PATH: dirname(node) + delimiter + process.env.PATH,
      // `import "holdfast"` means our sources, without a build. An option in the environment, not on the command line:
      // child processes inherit it however they are started.
      ...(isStart && { NODE_COMPILE_CACHE: join(root, "node_modules/.cache/node-compile-cache") }),
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} --conditions=holdfast-source`.trim(),
    },
  });
  child.on("error", (error) => giveUp(`Cannot start ${node}: ${error.message}`));

  // Ctrl-C in a terminal reaches the child twice, by the terminal and by us: stopping has to be idempotent there.
  const forwarded = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of forwarded) process.on(signal, () => child.kill(signal));

  // Where npm dies without telling us, its script would go on as an orphan and keep its port.
  const parent = process.ppid;
  const watch = setInterval(() => process.ppid === parent || child.kill("SIGTERM"), 250);
  if (!process.env.npm_lifecycle_event) clearInterval(watch);

  child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
