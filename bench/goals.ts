/*
 * The figures that were promised. A goal for ours is judged where ours is first shown, a goal for a ratio beside the
 * peer it names.
 */

interface Promised {
  readonly suite: string;
  readonly case: string;
  /** The peer that the ratio is to; without it, the figure is ours. */
  readonly ratioTo?: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly says: string;
}

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
];

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
  isReachedBy(ours: number, ratio: number | null): boolean;
}

export function goalFor(of: {
  readonly suite: string;
  readonly case: string;
  readonly peerName: string | null;
  /** Whether this is the first line of its case: goals for ours are judged there. */
  readonly first: boolean;
}): Goal | undefined {
  const promised = PROMISED.filter(
    (goal) =>
      goal.suite === of.suite &&
      goal.case === of.case &&
      (goal.ratioTo === undefined ? of.first : goal.ratioTo === of.peerName),
  );
  if (promised.length === 0) return undefined;
  return {
    says: promised.map(({ says }) => says).join("; "),
    isReachedBy: (ours, ratio) =>
      promised.every(({ ratioTo, atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY }) => {
        const figure = ratioTo === undefined ? ours : (ratio ?? Number.NaN);
        return figure >= atLeast && figure <= atMost;
      }),
  };
}
