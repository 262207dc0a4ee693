/** Above this, the load itself begins to cost more than what it asks for. */
const HIGHEST_PER_SECOND = 250;
/** Of what the service was seen to complete: the rest is for its own probes, replays and neighbours. */
const SHARE_OF_MEASURED = 0.7;
/** A small demo is offered more slowly, so that there is an outage to look at. */
const SHORTEST_LOAD_SECONDS = 12;
/** A slow machine gets more than it can take rather than a demo without end: what it cannot take now, it queues. */
const LONGEST_LOAD_SECONDS = 240;

/** The steady rate for a machine that completed so much in the warm-up, where no rate was asked for. */
export function chooseRate(measuredPerSecond: number, operations: number): number {
  const highest = Math.min(HIGHEST_PER_SECOND, operations / SHORTEST_LOAD_SECONDS);
  const lowest = Math.min(highest, operations / LONGEST_LOAD_SECONDS);
  return Math.max(lowest, Math.min(highest, measuredPerSecond * SHARE_OF_MEASURED));
}
