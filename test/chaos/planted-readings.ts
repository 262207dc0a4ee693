/** What a service's sensors read, as its parent plants it: nothing depends on how busy this machine is. */
export interface Readings {
  readonly memory: number;
  readonly errorRate: number;
  readonly slowOperations: number;
  readonly queueDepth: number;
  readonly eventLoopDelayMs: number;
  readonly storageLost: number;
}

export const CALM: Readings = {
  memory: 0.1,
  errorRate: 0,
  slowOperations: 0,
  queueDepth: 0,
  eventLoopDelayMs: 0,
  storageLost: 0,
};
