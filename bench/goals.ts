/* The figures that were promised. */

interface Promised {
  readonly suite: string;
  readonly case: string;
  /** The peer that the ratio is to; without it, the figure is ours. */
  readonly ratioTo?: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly says: string;
}

/** Peers of ours own making, as the suites name them. */
export const BARE = "bare handler";
export const RAW = "raw UNWIND, no receipts";
export const WITHOUT_HOLDFAST = "without Holdfast";
export const UNLOADED = "unloaded";
export const CAPACITY = "capacity";
export const BARE_ROUTE = "bare Fastify route, same payload";
export const BEFORE_THE_OUTAGE = "before the outage";

const PROMISED: readonly Promised[] = [
  { suite: "call", case: "successful call", atMost: 250, says: "≤ 250 ns where a bare await takes about 37 ns" },
  { suite: "call", case: "successful call", ratioTo: "cockatiel", atLeast: 20, says: "≥ 20 × cockatiel" },
  { suite: "call", case: "successful call", ratioTo: "opossum", atLeast: 4, says: "≥ 4 × opossum" },
  { suite: "call", case: "bytes of a successful call", atMost: 1_024, says: "≤ 1 KB" },
  { suite: "call", case: "refused while open", atMost: 150, says: "≤ 150 ns" },
  { suite: "call", case: "failing call, 10000 calls in the window", atMost: 1_000, says: "≤ 1 µs" },
  {
    suite: "call",
    case: "failing call, 100000 calls in the window",
    atMost: 1_000,
    says: "≤ 1 µs whatever the window",
  },
  ...enqueue("without lanes", 90_000, "≥ 90,000/s with the audit row"),
  ...enqueue("over 200 lanes", 45_000, "≥ 45,000/s over lanes"),
  ...enqueue("over distinct lanes", 45_000, "≥ 45,000/s over lanes"),
  ...enqueue("with idempotency keys", 35_000, "≥ 35,000/s with idempotency keys"),
  {
    suite: "enqueue",
    case: "64 callers, without lanes",
    ratioTo: "BullMQ, appendfsync always",
    atLeast: 3,
    says: "≥ 3 × BullMQ-always",
  },
  {
    suite: "enqueue",
    case: "64 callers, without lanes",
    ratioTo: "plainjob, synchronous=FULL",
    atLeast: 15,
    says: "≥ 15 × plainjob FULL",
  },
  ...claim("without lanes", 80_000),
  ...claim("over 200 lanes", 70_000),
  ...claim("over distinct lanes", 35_000),
  ...["in one hot lane", "of a closed pool", "scheduled for the future"].map((front) => ({
    suite: "claim",
    case: `100k rows behind 100k ${front}`,
    ratioTo: "nothing in front",
    atLeast: 0.9,
    says: "≥ 0.9 × without",
  })),
  ...[1, 16, 64].flatMap((callers): Promised[] => [
    direct("Neo4j", callers, 0.9),
    direct("the embedded graph", callers, 0.4),
  ]),
  ...["Neo4j", "the embedded graph"].map((graph) => ({
    suite: "submit",
    case: `main-thread CPU that Holdfast adds, on ${graph}`,
    atMost: 20,
    says: "≤ 20 µs of main-thread CPU",
  })),
  { suite: "submit", case: "a cut of Neo4j is seen after", atMost: 1_000, says: "≤ 1 s with five calls under way" },
  {
    suite: "submit",
    case: "a stall of Neo4j is seen after",
    atMost: 1_100,
    says: "≤ an attempt's timeout (1 s) + 100 ms",
  },
  {
    suite: "enqueue",
    case: "1,000 submits a second, over 200 lanes: p99 of the answer",
    atMost: 5,
    says: "≤ 5 ms",
  },
  { suite: "drain", case: "one MERGE + SET an item", ratioTo: RAW, atLeast: 0.6, says: "≥ 0.6 × raw" },
  { suite: "drain", case: "two nodes and a relationship an item", ratioTo: RAW, atLeast: 0.8, says: "≥ 0.8 × raw" },
  { suite: "memory", case: "RSS with 1M queued over 1M lanes", atMost: 150, says: "≤ 150 MB" },
  ...["at first", "again"].map(
    (when): Promised => ({
      suite: "surface",
      case: `npm start to ready, ${when}`,
      atMost: 1_500,
      says: "≤ 1.5 s once installed",
    }),
  ),
  { suite: "surface", case: "the console's first paint", atMost: 500, says: "≤ 500 ms on loopback" },
  {
    suite: "surface",
    case: "frames of the page Now while 1,000 operations a second flow",
    atLeast: 50,
    says: "≥ 50 frames a second",
  },
  { suite: "surface", case: "memory that 1,000 subscribers add", atMost: 150, says: "≤ 150 MB" },
  ...["", ": the slowest"].map(
    (which): Promised => ({
      suite: "surface",
      case: `a transition delivered to all of 1,000 subscribers${which}`,
      atMost: 200,
      says: "≤ 200 ms",
    }),
  ),
  { suite: "modes", case: "reading the policy: one priority, one dependency", atMost: 5, says: "≤ 5 ns" },
  { suite: "modes", case: "calls under the old policy, begun after a pin had returned", atMost: 0, says: "none" },
  ...["at rest", "under load of 64 callers"].flatMap((when) =>
    ["", ": the latest"].map(
      (which): Promised => ({
        suite: "modes",
        case: `a mode in force after its dwell, ${when}${which}`,
        atMost: 50,
        says: "≤ 50 ms",
      }),
    ),
  ),
  {
    suite: "modes",
    case: "p99 of critical calls at 3 × capacity",
    ratioTo: UNLOADED,
    atLeast: 1 / 1.5,
    says: "≤ 1.5 × unloaded",
  },
  { suite: "modes", case: "goodput at 3 × capacity", ratioTo: CAPACITY, atLeast: 0.9, says: "≥ 0.9 × capacity" },
  ...["the embedded graph", "Neo4j"].flatMap((graph): Promised[] => [
    { suite: "modes", case: `callers who saw an error when ${graph} was cut`, atMost: 0, says: "none" },
    { suite: "modes", case: `recovery of ${graph} to 90 % of the steady rate`, atMost: 10, says: "≤ 10 s" },
    {
      suite: "modes",
      case: `p99 of a transaction of ${graph} during the drain`,
      ratioTo: BEFORE_THE_OUTAGE,
      atLeast: 0.5,
      says: "≤ 2 × its normal",
    },
  ]),
  ...["the policy", "the metrics", "the status"].map((what) => ({
    suite: "surface",
    case: `REST GET of ${what}`,
    ratioTo: BARE_ROUTE,
    atLeast: 1 / 1.3,
    says: "≤ 1.3 × a bare route",
  })),
  { suite: "surface", case: "in-process caller: the policy", atMost: 15, says: "≤ 15 µs" },
];

function claim(way: string, atLeast: number): Promised[] {
  return [
    { suite: "claim", case: `100k rows ${way}`, atLeast, says: `≥ ${atLeast.toLocaleString("en")}/s at 100k` },
    { suite: "claim", case: `1M rows ${way}`, ratioTo: "100k rows", atLeast: 0.7, says: "at 1M ≥ 0.7 × 100k" },
  ];
}

function direct(graph: string, callers: number, atLeast: number): Promised {
  const name = `${callers === 1 ? "1 caller" : `${callers} callers`} on ${graph}`;
  return { suite: "submit", case: name, ratioTo: BARE, atLeast, says: `≥ ${atLeast} × the bare handler` };
}

/** At 64 callers: so many a second, and a main thread that answers meanwhile. */
function enqueue(way: string, atLeast: number, says: string): Promised[] {
  const name = `64 callers, ${way}`;
  return [
    { suite: "enqueue", case: name, atLeast, says },
    { suite: "enqueue", case: `event-loop p99, ${name}`, atMost: 2.5, says: "event-loop p99 ≤ 2.5 ms" },
  ];
}

interface Goal {
  readonly says: string;
  /** Judges our figure, or the ratio to a peer where that was promised. */
  isReachedBy(figure: number): boolean;
}

/** What was promised of a case: of our figure where `peerName` is null, else of the ratio to that peer. */
export function goalFor(suite: string, name: string, peerName: string | null): Goal | undefined {
  const promised = PROMISED.find(
    (goal) => goal.suite === suite && goal.case === name && (goal.ratioTo ?? null) === peerName,
  );
  if (promised === undefined) return undefined;
  const { says, atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = promised;
  return { says, isReachedBy: (figure) => figure >= atLeast && figure <= atMost };
}
