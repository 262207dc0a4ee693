import { activeIn, type ActorView, type Cause, type TakenEdge } from "./machine-data.ts";

/** What a transition tells of its actor. */
export interface Move {
  /** Of the feed: differs for each. */
  readonly id: string;
  readonly machine: string;
  readonly to: string;
  readonly at: number;
  readonly cause: Cause;
  readonly edge?: string;
}

/** Everybody after these transitions, as far as those tell: deadlines and facts have to be asked for. */
export function movedBy(actors: readonly ActorView[], moves: readonly Move[]): readonly ActorView[] {
  const last = new Map(moves.map((move) => [move.machine, move]));
  const known = actors.map((actor) => {
    const move = last.get(actor.id);
    last.delete(actor.id);
    if (move === undefined) return actor;
    const { deadline: _, ...rest } = actor;
    return { ...rest, ...afterMove(move) };
  });
  const born = [...last].map(([id, move]) => ({ id, machine: id.split(":")[0] ?? id, ...afterMove(move) }));
  return [...known, ...born];
}

const afterMove = ({ to, at, cause }: Move) => ({ state: activeIn(to), fallen: to === "fallen", since: at, cause });

/** The edge that each took last; none for whom a crash or a birth moved. */
export function takenBy(taken: ReadonlyMap<string, TakenEdge>, moves: readonly Move[]): ReadonlyMap<string, TakenEdge> {
  const next = new Map(taken);
  for (const { machine, edge, id } of moves) {
    if (edge === undefined) next.delete(machine);
    else next.set(machine, { edge, key: id });
  }
  return next;
}
