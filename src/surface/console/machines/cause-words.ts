import type { ActorView, Cause } from "./machine-data.ts";

/** One link of a chain of causes, nearest first. */
export interface CauseLink {
  readonly actor: string;
  readonly what: string;
  /** `consecutiveFailures 5, limit 5` */
  readonly values: string;
}

/** Chains are cut at four where they are made; this keeps a damaged one from going round. */
const LONGEST_CHAIN = 16;

export function causeLinks(cause: Cause | undefined): readonly CauseLink[] {
  const links: CauseLink[] = [];
  for (let link: Cause | undefined = cause; link !== undefined && links.length < LONGEST_CHAIN; link = link.because)
    links.push({
      actor: link.actor,
      what: link.what,
      values: Object.entries(link.values ?? {})
        .map(([name, value]) => `${spaced(name)} ${String(value)}`)
        .join(", "),
    });
  return links;
}

/** `consecutive failures` for `consecutiveFailures`, `pin mode` for `pin.mode`. */
export const spaced = (name: string): string =>
  name
    .replaceAll(/([a-z\d])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)
    .replaceAll(/[._]/g, " ");

/** `graph` for `breaker:graph` and `incident:dependency_unavailable:graph`. */
const subjectOf = (id: string): string | undefined =>
  id.includes(":") ? id.slice(id.lastIndexOf(":") + 1) : undefined;

/** Who has to do with an actor: whom its causes name, who names it, who needs it, who is about the same. */
export function relatedTo<Actor extends ActorView>(actor: Actor, actors: readonly Actor[]): readonly Actor[] {
  const named = new Set(causeLinks(actor.cause).map((link) => link.actor));
  const subject = subjectOf(actor.id);
  return actors.filter(
    (other) =>
      other.id !== actor.id &&
      (named.has(other.id) ||
        other.invokedBy === actor.id ||
        actor.invokedBy === other.id ||
        causeLinks(other.cause).some((link) => link.actor === actor.id) ||
        (subject !== undefined && subjectOf(other.id) === subject)),
  );
}
