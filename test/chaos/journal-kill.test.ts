import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Fault } from "./journal-faults.ts";
import { judge, type Verdict } from "./journal-ledger.ts";

const LOAD = fileURLToPath(new URL("./journal-load.ts", import.meta.url));
/** HOLDFAST_KILLS=100 kills longer than a test run has time for. */
const KILLS = Number(process.env["HOLDFAST_KILLS"] ?? 10);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function start(directory: string, ledger: string, seed: number, mode: "load" | "finish", fault: Fault): ChildProcess {
  const child = spawn(process.execPath, [LOAD, directory, ledger, String(seed), mode, fault], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** Kills the loaded process at random moments, lets the last one finish its work, and compares from outside. */
async function killUnderLoad(kills: number, fault: Fault): Promise<Verdict> {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-kill-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const ledger = join(directory, "ledger.txt");
  for (let kill = 1; kill <= kills; kill += 1) {
    const child = start(directory, ledger, kill * 7_919, "load", fault);
    const exited = once(child, "exit");
    await Promise.race([once(child.stdout as NodeJS.ReadableStream, "data"), exited]);
    await pause(150 + ((kill * 137) % 400));
    expect(child.exitCode, "the loaded process ended by itself").toBeNull();
    child.kill("SIGKILL");
    await exited;
  }
  const last = start(directory, ledger, 1, "finish", fault);
  await once(last, "exit");
  expect(last.exitCode).toBe(0);
  return judge(directory, ledger);
}

describe("kill -9 under full load (invariants 1 to 3)", () => {
  test(`${KILLS} kills: nothing acknowledged is lost, nothing is done after its end, lanes keep their order`, {
    timeout: 600_000,
  }, async () => {
    const verdict = await killUnderLoad(KILLS, "none");
    console.info(JSON.stringify(verdict));
    expect(verdict).toMatchObject({ lost: 0, doubled: 0, outOfOrder: 0, left: 0, integrity: "ok" });
    expect(verdict.acceptancesAcknowledged).toBeGreaterThan(KILLS * 100);
    expect(verdict.endsAcknowledged).toBeGreaterThan(KILLS * 50);
  });
});

/** Chance decides what a kill hits: the worst of so many runs, the first that shows the fault being enough. */
async function worstOf(runs: number, fault: Fault, of: "lost" | "outOfOrder"): Promise<number> {
  for (let run = 1; run < runs; run += 1) {
    const found = (await killUnderLoad(4, fault))[of];
    if (found > 0) return found;
  }
  return (await killUnderLoad(4, fault))[of];
}

describe("the kill test notices", { timeout: 300_000 }, () => {
  test("an answer before the commit: acknowledged acceptances are lost", async () => {
    expect(await worstOf(4, "answer_before_commit", "lost")).toBeGreaterThan(0);
  });

  test("running rows forgotten at the restart: they are lost", async () => {
    expect(await worstOf(4, "forget_running", "lost")).toBeGreaterThan(0);
  });

  test("all running rows returned as ready: lanes lose their order", async () => {
    expect(await worstOf(4, "return_all_ready", "outOfOrder")).toBeGreaterThan(0);
  });
});
