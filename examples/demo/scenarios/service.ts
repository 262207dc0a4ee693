import { type Cause, createRuntime, MODES } from "holdfast";
import { type Answer, toAnswer } from "../answer.ts";
import { scenarioNamed } from "./catalog.ts";
import { type OrderTaker, serveOrders, type ServiceParts } from "./serve-orders.ts";
import { serviceConfig } from "./service-config.ts";

/* The service of a scenario: a process that embeds the runtime, and takes orders on a port of this machine. */

const GRAPH = "graph";

serveOrders(async ({ settings, operations, troubles, report }: ServiceParts): Promise<OrderTaker> => {
  const scenario = scenarioNamed(settings.scenario);
  const runtime = await createRuntime({
    dataDirectory: settings.dataDirectory,
    operations: [operations.record, operations.price],
    config: serviceConfig(settings, scenario),
  });
  runtime.on("transition", ({ at, machine, from, to, cause }) => {
    const subject = machine.split(":")[0] ?? machine;
    const mode = MODES.find((name) => name === subject);
    if (mode !== undefined)
      report({ type: "mode", transition: { at, mode, from, to, cause: JSON.parse(cause) as Cause } });
    else if (subject === "breaker") report({ type: "breaker", to, at });
  });
  runtime.on("page", ({ subject, cause }) => report({ type: "page", subject, what: cause.what }));

  runtime.onMemoryPressure(() => troubles.emptyCache());

  return {
    async take({ operation, input }, idempotencyKey): Promise<Answer> {
      const { priority } = input as { readonly priority: "critical" };
      const outcome = await runtime.submitByName(operation, input, {
        priority,
        // A question keeps nothing on disk, and has nothing to be replayed.
        ...(operation === operations.record.name ? { idempotencyKey } : {}),
      });
      return toAnswer(outcome);
    },
    status() {
      const { control, queue, dependencies } = runtime.status();
      return {
        modes: control.policy.modes
          .map(({ mode, step }) => (step === "in_force" ? mode : `${mode} (${step})`))
          .join(", "),
        isNormal: control.policy.modes.every(({ mode }) => mode === "normal"),
        unfinished: Object.values(queue.counts).reduce((sum, rows) => sum + rows, 0) + queue.inFlight,
        limit: dependencies.find(({ name }) => name === GRAPH)?.limit ?? 0,
      };
    },
    async retryDeadLetters() {
      let count = 0;
      for (;;) {
        const { rows: items } = await runtime.deadLetters.list({ limit: 100 });
        for (const { operationId } of items) await runtime.deadLetters.retry(operationId, { reason: "it is over" });
        count += items.length;
        if (items.length === 0) return count;
      }
    },
    stop: () => runtime.stop(),
  };
});
