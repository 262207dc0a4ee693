import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createRuntime, type Dependency, defineOperation, type Runtime, silentLogger } from "holdfast";
import { z } from "zod";
import type { Finding } from "../entry.ts";
import { WITHOUT_HOLDFAST } from "../goals.ts";
import { bareHandler } from "../harness/bare-handler.ts";
import { median } from "../harness/median.ts";
import { callsPerSecond, steadily } from "../harness/offered.ts";
import { policyWhere } from "../harness/policy-state.ts";
import type { SuiteContext } from "../suite.ts";

/*
 * A graph is cut off while 64 callers submit to it, and a thousand a second go on coming. Whoever was under way, and
 * whoever comes after, is to be told `completed` or `queued` and nothing else: his operation can wait. How many were told otherwise, and how soon after the
 * cut the first was told `queued`. Beside it, in the remark, the same write by the same callers without Holdfast.
 */

const CALLERS = 64;
/** Of those who come after the cut. */
const COMING_PER_SECOND = 1_000;

export interface ItemTransaction {
  mergeNodes(label: "Item", rows: readonly { readonly id: string; readonly value: number }[]): Promise<void>;
}

/** A graph that can be cut off: a connection of each name, all of them cut at once. */
export interface CutGraph {
  readonly name: string;
  connect(name: string): Dependency<ItemTransaction>;
  cut(): void;
  restore(): void;
}

/** What one cut did: to those under way and to those who came after. */
interface Cut {
  readonly answers: number;
  readonly errors: number;
  /** From the cut to the first `queued`; NaN when nobody was told so. */
  readonly queuedAfterMs: number;
}

type End = "completed" | "queued" | "error";

export async function* firstFailure(
  { folder, quick, progress }: SuiteContext,
  graph: CutGraph,
): AsyncIterable<Finding> {
  progress(`a cut of ${graph.name}`);
  const cuts = quick ? 1 : 5;
  const [ours, theirs] = [
    await withHoldfast(join(folder, `cut-${graph.name}`), graph, cuts, quick),
    await without(graph, quick),
  ];
  const sum = (part: "answers" | "errors"): number => ours.reduce((total, cut) => total + cut[part], 0);
  yield {
    case: `callers who saw an error when ${graph.name} was cut`,
    unit: "calls",
    ours: sum("errors"),
    note: `of ${sum("answers")}, in ${cuts} cuts; ${WITHOUT_HOLDFAST} ${theirs.errors} of ${theirs.answers}`,
  };
  yield {
    case: `from a cut of ${graph.name} to the first queued`,
    unit: "ms",
    ours: median(ours.map(({ queuedAfterMs }) => queuedAfterMs)),
  };
}

async function withHoldfast(dataDirectory: string, cutGraph: CutGraph, times: number, quick: boolean): Promise<Cut[]> {
  const graph = cutGraph.connect("ours");
  const set = defineOperation({
    name: "item.set",
    version: 1,
    input: z.object({ id: z.string(), value: z.number() }),
    dependsOn: { graph },
    execute: ({ input, graph: transaction }) => transaction.mergeNodes("Item", [input]),
  });
  await using runtime = await createRuntime({
    dataDirectory,
    operations: [set],
    config: {
      concurrency: { slowStartMs: 0 },
      breaker: { initialBreakMs: 200 },
      ...(quick ? { operations: { answerWithinMs: 500 } } : {}),
    },
    logger: silentLogger,
  });
  let next = 0;
  const call = async (): Promise<End> => {
    try {
      const { status } = await runtime.submit(set, { id: `item-${next++}`, value: 1 });
      return status === "completed" || status === "queued" ? status : "error";
    } catch {
      return "error";
    }
  };
  const cuts: Cut[] = [];
  for (let time = 0; time < times; time++) {
    await isWell(runtime);
    cuts.push(await oneCut(cutGraph, call, quick));
  }
  await isWell(runtime);
  return cuts;
}

async function without(cutGraph: CutGraph, quick: boolean): Promise<Cut> {
  await using bare = await bareHandler(cutGraph.connect("bare"));
  let next = 0;
  const write = (transaction: ItemTransaction): Promise<void> =>
    transaction.mergeNodes("Item", [{ id: `bare-${next++}`, value: 1 }]);
  return await oneCut(cutGraph, () => bare.execute(write, false).then(completed, failed), quick);
}

const completed = (): End => "completed";
const failed = (): End => "error";

/**
 * Cuts the graph off under load. Those who were under way wait for what becomes of theirs; others come at a steady rate.
 */
async function oneCut(graph: CutGraph, call: () => Promise<End>, quick: boolean): Promise<Cut> {
  await callsPerSecond(CALLERS, quick ? 100 : 1_000, async () => {
    if ((await call()) === "error") throw new Error(`a call failed before ${graph.name} was cut`);
  });
  const ends: End[] = [];
  let cutAt = Number.POSITIVE_INFINITY;
  let queuedAfterMs = Number.NaN;
  const told = (end: End): void => {
    ends.push(end);
    if (end === "queued" && Number.isNaN(queuedAfterMs)) queuedAfterMs = performance.now() - cutAt;
  };
  const underWay = Array.from({ length: CALLERS }, async () => {
    let end: End;
    do end = await call();
    while (performance.now() < cutAt);
    told(end);
  });
  await pause(50);
  cutAt = performance.now();
  graph.cut();
  await steadily(COMING_PER_SECOND, quick ? 100 : 2_000, async () => told(await call()));
  await Promise.all(underWay);
  graph.restore();
  return { answers: ends.length, errors: ends.filter((end) => end === "error").length, queuedAfterMs };
}

/** Nothing is in force but `normal`: the breaker has closed, and what was queued has been executed. */
const isWell = async (runtime: Runtime): Promise<void> => {
  await policyWhere(
    runtime,
    ({ modes, dependencies }) =>
      modes[0]?.mode === "normal" && Object.values(dependencies).every(({ decision }) => decision === "run"),
  );
};
