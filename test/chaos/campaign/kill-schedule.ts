import { GRAPH_POINTS, JOURNAL_POINTS, type NamedPoint, PORT_POINTS, type ThreadPoint } from "./messages.ts";
import { seededRandom } from "./random.ts";

export type Outage = "cut" | "stall" | "server";

/** How one life of the service ends. */
export type Kill =
  /** Under load, at a named point with work in flight. */
  | { readonly kind: "point"; readonly point: NamedPoint }
  /** After an outage, when the backlog has come down to this share of its height. */
  | { readonly kind: "draining"; readonly outage: Outage; readonly leftShare: number }
  /** While it opens the store and returns what its predecessor left running: at a commit, or at this share of the time that a start takes. */
  | { readonly kind: "startup"; readonly at: ThreadPoint | number }
  /** While it makes its tables. */
  | { readonly kind: "migration"; readonly point: ThreadPoint }
  /** So long after its load was seen; with an outage, while the graph is away and everything is queued. */
  | { readonly kind: "random"; readonly afterMs: number; readonly outage: Outage | undefined };

export interface ScheduleSettings {
  readonly kills: number;
  readonly seed: number;
  readonly graph: "embedded" | "neo4j";
}

/** Of what is not killed at a point. A real server is taken away more often: that is what it is there for. */
const SHARES = {
  embedded: { draining: 0.4, startup: 0.2, migration: 0.1 },
  neo4j: { draining: 0.6, startup: 0.14, migration: 0.06 },
} as const;

const LONGEST_RANDOM_MS = 800;

/** All kills of a campaign, in order; the same for the same seed. Half of them are at named points. */
export function scheduleKills({ kills, seed, graph }: ScheduleSettings): readonly Kill[] {
  const random = seededRandom(seed);
  const points: readonly NamedPoint[] =
    graph === "embedded" ? [...PORT_POINTS, ...JOURNAL_POINTS, ...GRAPH_POINTS] : [...PORT_POINTS, ...JOURNAL_POINTS];
  const outages: readonly Outage[] = graph === "embedded" ? ["cut", "stall"] : ["server", "cut", "stall"];
  const others = Math.floor(kills / 2);
  const counts = countsOf(others, SHARES[graph]);

  const atPoints = fill(kills - others, (index): Kill => ({ kind: "point", point: nth(points, index) }));
  const draining = fill(
    counts.draining,
    (index): Kill => ({ kind: "draining", outage: nth(outages, index), leftShare: 0.1 + 0.8 * random() }),
  );
  const startup = fill(
    counts.startup,
    (index): Kill => ({ kind: "startup", at: index % 2 === 0 ? random() : nth(JOURNAL_POINTS, index >> 1) }),
  );
  const atRandom = fill(
    counts.random,
    (index): Kill => ({
      kind: "random",
      afterMs: random() * LONGEST_RANDOM_MS,
      outage: index % 2 === 0 ? undefined : nth(outages, index >> 1),
    }),
  );
  // Tables are made once, so these are the first lives.
  return [
    ...migrationsOf(counts.migration, graph),
    ...shuffled([...atPoints, ...draining, ...startup, ...atRandom], random),
  ];
}

/** Everything happens once before anything happens more often. */
function countsOf(
  others: number,
  shares: { readonly draining: number; readonly startup: number; readonly migration: number },
) {
  const share = (of: number, least: number): number => (others < least ? 0 : Math.max(1, Math.round(others * of)));
  const draining = share(shares.draining, 1);
  const startup = Math.min(others - draining, share(shares.startup, 2));
  const migration = Math.min(others - draining - startup, share(shares.migration, 3));
  return { draining, startup, migration, random: others - draining - startup - migration };
}

/** Before the commit as often as there is room for; then after it, for each of the two files once. */
function migrationsOf(count: number, graph: "embedded" | "neo4j"): readonly Kill[] {
  const last: readonly ThreadPoint[] =
    graph === "embedded" ? ["journal.afterCommit", "graph.beforeCommit", "graph.afterCommit"] : ["journal.afterCommit"];
  const before = Math.max(Math.min(1, count), count - last.length);
  const points: readonly ThreadPoint[] = [...Array<ThreadPoint>(before).fill("journal.beforeCommit"), ...last];
  return points.slice(0, count).map((point) => ({ kind: "migration", point }));
}

const fill = <Value>(count: number, make: (index: number) => Value): readonly Value[] =>
  Array.from({ length: count }, (_, index) => make(index));

const nth = <Value>(values: readonly Value[], index: number): Value => values[index % values.length]!;

function shuffled<Value>(values: readonly Value[], random: () => number): readonly Value[] {
  const mixed = [...values];
  for (let last = mixed.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [mixed[last], mixed[other]] = [mixed[other]!, mixed[last]!];
  }
  return mixed;
}
