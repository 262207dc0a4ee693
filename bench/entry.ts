import { goalFor } from "./goals.ts";
import { ratioOf, type Unit } from "./units.ts";

/** What a suite says of one case: ours, and each peer beside which it was measured. */
export interface Measurement {
  readonly case: string;
  readonly unit: Unit;
  readonly ours: number;
  readonly peers?: readonly PeerFigure[];
  /** Cores that processes other than the measured ones used meanwhile; undefined where that cannot be told. */
  readonly foreignCores?: number | undefined;
  readonly note?: string;
}

export type PeerFigure = { readonly name: string } & ({ readonly value: number } | Absence);

/** Why there is no figure. */
export interface Absence {
  readonly absent: string;
}

/** A case of which not even ours could be measured. */
export interface NotMeasured extends Absence {
  readonly case: string;
  readonly peerName?: string;
}

export type Finding = Measurement | NotMeasured;

/** One line of the result: a figure of ours, and where there is one the peer's. `ratio` above 1 means ours is better. */
export interface MeasuredEntry {
  readonly suite: string;
  readonly case: string;
  readonly ours: number;
  readonly peer: number | null;
  readonly peerName: string | null;
  readonly unit: Unit;
  readonly ratio: number | null;
  /** The figure that was promised, and whether this one reaches it. */
  readonly goal?: string;
  readonly reached?: boolean;
  readonly foreignCores?: number;
  readonly note?: string;
  /** Measured with the small sizes of `--quick`: says that it runs, and nothing about speed. */
  readonly quick?: true;
}

export interface AbsentEntry extends Absence {
  readonly suite: string;
  readonly case: string;
  readonly peerName: string | null;
  readonly quick?: true;
}

export type Entry = MeasuredEntry | AbsentEntry;

/** The lines of one finding: ours beside each peer, and ours alone. */
export function toEntries(suite: string, finding: Finding, quick: boolean): readonly Entry[] {
  const always = { suite, case: finding.case };
  const sized = quick ? ({ quick: true } as const) : {};
  if (!("ours" in finding))
    return [{ ...always, peerName: finding.peerName ?? null, absent: finding.absent, ...sized }];
  const { unit, ours, peers = [], foreignCores, note } = finding;
  const remarks = {
    ...(foreignCores === undefined ? {} : { foreignCores: rounded(foreignCores) }),
    ...(note === undefined ? {} : { note }),
    ...sized,
  };
  const line = (peer: (PeerFigure & { readonly value: number }) | undefined): MeasuredEntry => {
    const ratio = peer === undefined ? null : ratioOf(unit, ours, peer.value);
    const goal = goalFor(suite, finding.case, peer?.name ?? null);
    return {
      ...always,
      ours: rounded(ours),
      peer: peer === undefined ? null : rounded(peer.value),
      peerName: peer?.name ?? null,
      unit,
      ratio: ratio === null ? null : rounded(ratio),
      ...(goal === undefined ? {} : { goal: goal.says, reached: goal.isReachedBy(ratio ?? ours) }),
      ...remarks,
    };
  };
  const entries: Entry[] = [];
  const present = peers.filter((peer) => "value" in peer);
  // Ours alone where it was promised, or where there is nothing beside it.
  if (present.length === 0 || goalFor(suite, finding.case, null) !== undefined) entries.push(line(undefined));
  for (const peer of present) entries.push(line(peer));
  for (const peer of peers)
    if ("absent" in peer) entries.push({ ...always, peerName: peer.name, absent: peer.absent, ...sized });
  return entries;
}

/** To four digits: more are noise. */
export const rounded = (value: number): number => (Number.isFinite(value) ? Number(value.toPrecision(4)) : value);
