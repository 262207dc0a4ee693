import type { Values } from "./make-request.ts";

/** Asks the service something, as JSON: `ask("GET /api/v4/dead-letters")`. */
export type Ask = (request: string, body?: unknown) => Promise<{ readonly status: number; readonly json: unknown }>;

/** What has to be so for a request to make sense. The document can say what is well formed, not what there is. */
export interface Scene {
  /** Makes it so, and says what of it the request names; undefined: it cannot be made. */
  readonly prepare?: (ask: Ask, number: number) => Promise<Values | undefined>;
  /** Takes back what would be in the way of others. */
  readonly restore?: (ask: Ask) => Promise<unknown>;
  /** How often it makes sense at most. */
  readonly times?: number;
}

const reason = "the fuzzer prepares a scene";
const SUBMIT = "POST /api/v4/operations";
const RELEASE = "POST /api/v4/degradation/release-mode";

const release = (ask: Ask) => ask(RELEASE, { reason });

const submit = async (ask: Ask, name: string, input: unknown): Promise<string | undefined> =>
  ((await ask(SUBMIT, { name, input, enqueue: true })).json as { operationId?: string }).operationId;

/** Asks until the answer is as it should be. */
async function settled<Value>(look: () => Promise<Value | undefined>): Promise<Value | undefined> {
  for (let turn = 0; turn < 100; turn += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return undefined;
}

async function deadLetter(ask: Ask, number: number): Promise<Values | undefined> {
  const operationId = await submit(ask, "equipment.calibrate", { id: `calibrated-${number}` });
  return settled(async () => {
    const { json } = await ask(`GET /api/v4/operations/${operationId}`);
    return (json as { state?: string }).state === "dead" ? { operationId } : undefined;
  });
}

async function waitingOperation(ask: Ask): Promise<Values | undefined> {
  const operationId = await submit(ask, "equipment.find", { words: "fryer" });
  return operationId === undefined ? undefined : { operationId };
}

const firstOf = async (ask: Ask, request: string, key: string): Promise<unknown> => {
  const { json } = await ask(request);
  const rows = Array.isArray(json) ? json : ((json as { rows?: unknown[] }).rows ?? []);
  return (rows[0] as Record<string, unknown> | undefined)?.[key];
};

async function liveAlert(ask: Ask, number: number): Promise<Values | undefined> {
  await deadLetter(ask, number);
  const id = await settled(
    async () =>
      (await firstOf(ask, "GET /api/v4/alerts?status=open", "id")) ??
      (await firstOf(ask, "GET /api/v4/alerts?status=acknowledged", "id")),
  );
  return id === undefined ? undefined : { id };
}

const aToken = (name: string): Values => ({
  name,
  kind: "service",
  role: "viewer",
  permissions: undefined,
  highestPriority: "normal",
  expiresAt: undefined,
  forMs: 60_000,
  reason,
});

const graph = async (): Promise<Values> => ({ name: "graph" });
const enable = (ask: Ask) => ask("POST /api/v4/dependencies/graph/order", { order: "enable", reason });

/** By operationId. */
export const SCENES: Readonly<Record<string, Scene>> = {
  "operations.submit": {
    prepare: async (_ask, number) => ({
      name: "equipment.record",
      input: { id: `fryer-${number % 7}`, celsius: number % 400 },
      idempotencyKey: `reading-${number}`,
    }),
  },
  "operations.get": { prepare: waitingOperation },
  "operations.result": {
    prepare: async (ask) => ({ ...(await waitingOperation(ask)), waitMs: 5 }),
  },
  "operations.cancel": { prepare: waitingOperation },
  "deadLetters.retry": { prepare: deadLetter },
  "deadLetters.discard": { prepare: deadLetter },
  "alerts.acknowledge": { prepare: liveAlert },
  "alerts.resolve": { prepare: liveAlert },
  "degradation.pin": {
    prepare: async (ask) => {
      await release(ask);
      return { replaces: undefined };
    },
    restore: release,
  },
  "degradation.release": {
    prepare: async (ask) => {
      await ask("POST /api/v4/degradation/force-mode", { mode: "normal", reason, forMs: 1_800_000 });
      return { expected: undefined };
    },
  },
  "degradation.switchMonitoring": {
    restore: (ask) => ask("POST /api/v4/degradation/monitoring", { enabled: true, reason }),
  },
  "incidents.acknowledge": {
    // Somebody answers once.
    times: 1,
    prepare: (ask) =>
      settled(async () => {
        const { incidents } = (await ask("GET /api/v4/degradation/status")).json as {
          incidents: { condition: string; dependency?: string; state: string }[];
        };
        const paged = incidents.find(({ state }) => state.startsWith("paged"));
        return paged && { condition: [paged.condition, paged.dependency ?? []].flat().join(":") };
      }),
  },
  "incidents.get": { prepare: async () => ({ condition: "memory_exhaustion" }) },
  "machines.actor": { prepare: async () => ({ id: "pin" }) },
  "machines.at": { prepare: async () => ({ at: Date.now(), place: undefined }) },
  "queue.lane": { prepare: async (_ask, number) => ({ key: `equipment:fryer-${number}`, lane: undefined }) },
  "faults.set": { prepare: async (_ask, number) => ({ id: "graph.cut", on: number % 2 === 0, value: undefined }) },
  "tokens.create": { prepare: async (_ask, number) => aToken(`fuzzed-${number}`) },
  "tokens.revoke": {
    prepare: async (ask, number) => {
      const { json } = await ask("POST /api/v4/tokens", aToken(`to-be-revoked-${number}`));
      return { id: (json as { token: { id: number } }).token.id };
    },
  },
  // A copy takes its name from the second in which it is made.
  "backups.create": { times: 1 },
  "dependencies.acceptDrain": { prepare: graph },
  "dependencies.get": { prepare: graph },
  "dependencies.reset": { prepare: graph },
  "dependencies.order": { prepare: graph, restore: enable },
};
