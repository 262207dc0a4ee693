import { join } from "node:path";
import { createRuntime, defineOperation, type Runtime, silentLogger } from "holdfast";
import { embeddedGraph } from "holdfast/graph";
import { serveRuntime } from "holdfast/server";
import type { Browser, Page } from "playwright-core";
import { z } from "zod";
import { hasChromium, launchChromium } from "../../test/support/chromium.ts";
import type { Finding } from "../entry.ts";
import { median } from "../harness/median.ts";
import type { SuiteContext } from "../suite.ts";

/*
 * The console in a real Chromium on this machine: how soon something is painted in a browser that has never seen it,
 * and how many frames it draws while 1,000 operations a second flow. Browser, server and load share the processors.
 */

const EVERY_MS = 20;

export async function* consoleInBrowser({ folder, quick, progress }: SuiteContext): AsyncIterable<Finding> {
  if (!hasChromium()) {
    yield { case: "the console's first paint", absent: "no Chromium here: set CHROMIUM_PATH" };
    return;
  }
  const graph = embeddedGraph({ file: join(folder, "console-graph.db"), nodes: { Equipment: { key: "id" } } });
  const record = defineOperation({
    name: "equipment.record",
    version: 1,
    input: z.object({ id: z.string(), celsius: z.number() }),
    dependsOn: { graph },
    execute: ({ input, graph: transaction }) => transaction.mergeNodes("Equipment", [input]),
  });
  const open = (): Promise<Runtime> =>
    createRuntime({ dataDirectory: join(folder, "console"), operations: [record], logger: silentLogger });
  await using server = await serveRuntime({ runtime: open, port: 0, stopOn: [], authentication: "none" });
  const browser = await launchChromium();
  try {
    progress("the console's first paint");
    yield await firstPaint(browser, server.url, quick ? 3 : 15);
    progress("frames while operations flow");
    const perSecond = quick ? 100 : 1_000;
    yield* frames(browser, server.url, quick ? 2_000 : 15_000, () => {
      const { runtime } = server;
      return load(perSecond, (n) => runtime.submit(record, { id: `fryer-${n % 200}`, celsius: n }));
    });
  } finally {
    await browser.close();
  }
}

/** From the navigation's start, with nothing in the browser's cache. The bundle is built. */
async function firstPaint(browser: Browser, url: string, rounds: number): Promise<Finding> {
  const times: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const page = await openPage(browser, url);
    const paint = await page.evaluate<number>(
      "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN",
    );
    // The first one has built the bundle, or read it from the disk.
    if (round > 0) times.push(paint);
    await page.context().close();
  }
  return {
    case: "the console's first paint",
    unit: "ms",
    ours: median(times),
    note: `of ${rounds} browsers with an empty cache; the slowest ${Math.max(...times).toFixed(0)} ms`,
  };
}

async function* frames(browser: Browser, url: string, forMs: number, begin: () => Load): AsyncIterable<Finding> {
  const page = await openPage(browser, url);
  const underLoad = begin();
  await page.waitForTimeout(2_000);
  const before = underLoad.ended;
  const { drawn, longestMs } = await page.evaluate<{ drawn: number; longestMs: number }>(`new Promise((resolve) => {
    const began = performance.now();
    let last = began, drawn = 0, longestMs = 0;
    const next = (now) => {
      drawn += 1;
      longestMs = Math.max(longestMs, now - last);
      last = now;
      if (now - began < ${forMs}) requestAnimationFrame(next);
      else resolve({ drawn, longestMs });
    };
    requestAnimationFrame(next);
  })`);
  const rate = ((underLoad.ended - before) * 1_000) / forMs;
  underLoad.stop();
  await page.context().close();
  yield {
    case: "frames of the page Now while 1,000 operations a second flow",
    unit: "frames/s",
    ours: (drawn * 1_000) / forMs,
    note: `${rate.toFixed(0)} ended a second; the longest frame ${longestMs.toFixed(0)} ms`,
  };
}

async function openPage(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 } });
  const page = await context.newPage();
  await page.goto(url);
  await page.getByRole("heading", { name: "Normal" }).waitFor();
  return page;
}

interface Load {
  readonly ended: number;
  stop(): void;
}

function load(perSecond: number, submit: (n: number) => Promise<unknown>): Load {
  const began = performance.now();
  let offered = 0;
  let ended = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) * perSecond) / 1_000);
    for (; offered < due; offered += 1) void submit(offered).then(() => (ended += 1));
  }, EVERY_MS);
  return {
    get ended() {
      return ended;
    },
    stop: () => clearInterval(timer),
  };
}
