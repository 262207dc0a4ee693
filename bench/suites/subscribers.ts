import type { Finding } from "../entry.ts";
import { Child } from "../harness/child.ts";
import { median } from "../harness/median.ts";
import type { SuiteContext } from "../suite.ts";

/*
 * 1,000 who watch one server, and what that costs it; and how long it is from a person's order to the last of them
 * having read the transition. Server and watchers are processes of their own.
 */

const FLAGS = ["--expose-gc"];

export async function* subscribers({ folder, quick, progress }: SuiteContext): AsyncIterable<Finding> {
  const many = quick ? 50 : 1_000;
  const called = quick ? "50" : "1,000";
  const rounds = quick ? 3 : 21;
  progress(`${called} subscribers`);
  await using server = new Child("./surface-process.mjs", { folder }, FLAGS);
  const { url } = await server.next<{ readonly url: string }>();
  const before = await server.ask<Memory>({ order: "memory" });

  await using watchers = new Child("./subscribers-process.mjs", { url, subscribers: many });
  await watchers.next();
  const times: { readonly first: number; readonly last: number; readonly call: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const reason = `round ${round} of the bench.`;
    await watchers.ask({ awaited: reason });
    server.send({ order: "turn", reason });
    const { beganNs, tookMs } = await server.next<{ readonly beganNs: string; readonly tookMs: number }>();
    const { firstNs, lastNs } = await watchers.next<{ readonly firstNs: string; readonly lastNs: string }>();
    const sinceMs = (ns: string): number => Number(BigInt(ns) - BigInt(beganNs)) / 1e6;
    times.push({ first: sinceMs(firstNs), last: sinceMs(lastNs), call: tookMs });
  }
  const after = await server.ask<Memory>({ order: "memory" });
  if (after.readers !== many) throw new Error(`${after.readers} are subscribed where ${many} are measured`);

  const firsts = median(times.map(({ first }) => first));
  yield {
    case: `a transition delivered to all of ${called} subscribers`,
    unit: "ms",
    ours: median(times.map(({ last }) => last)),
    note: `the first after ${firsts.toFixed(1)} ms`,
  };
  yield {
    case: `a transition delivered to all of ${called} subscribers: the slowest`,
    unit: "ms",
    ours: Math.max(...times.map(({ last }) => last)),
    note: `of ${rounds}`,
  };
  yield {
    case: `memory that ${called} subscribers add`,
    unit: "MB",
    ours: (after.rssBytes - before.rssBytes) / 1e6,
    note: `RSS ${Math.round(before.rssBytes / 1e6)} MB before, ${Math.round(after.rssBytes / 1e6)} MB after ${rounds} transitions`,
  };
}

interface Memory {
  readonly rssBytes: number;
  readonly readers: number;
}
