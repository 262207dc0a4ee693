import { z } from "zod";
import { alertChangeSchema, alertSchema } from "../schemas/alert.ts";
import { changeSchema } from "../schemas/change.ts";
import { causeSchema, errorSummarySchema } from "../schemas/common.ts";
import { pinSchema, triggerDefinitionSchema } from "../schemas/degradation-actions.ts";
import { degradationMetricsSchema } from "../schemas/degradation-metrics.ts";
import { degradationStatusSchema, dependencyStatusSchema } from "../schemas/degradation-status.ts";
import { explanationSchema } from "../schemas/explanation.ts";
import { incidentSchema } from "../schemas/incident.ts";
import { measurementsSchema } from "../schemas/measurements.ts";
import { operationResultSchema, operationViewSchema } from "../schemas/operation.ts";
import { outcomeSchema } from "../schemas/outcome.ts";
import { triggerSchema } from "../schemas/trigger.ts";

/** The schemas that have a name in the OpenAPI document; all others stand where they are used. */
export const namedSchemas = z.registry<{ readonly id: string }>();

const NAMES: Readonly<Record<string, z.ZodType>> = {
  Alert: alertSchema,
  AlertChange: alertChangeSchema,
  Cause: causeSchema,
  Change: changeSchema,
  DegradationMetrics: degradationMetricsSchema,
  DegradationStatus: degradationStatusSchema,
  Dependency: dependencyStatusSchema,
  ErrorSummary: errorSummarySchema,
  Explanation: explanationSchema,
  Incident: incidentSchema,
  Measurements: measurementsSchema,
  Operation: operationViewSchema,
  OperationResult: operationResultSchema,
  Outcome: outcomeSchema,
  Pin: pinSchema,
  Trigger: triggerSchema,
  TriggerDefinition: triggerDefinitionSchema,
};

for (const [id, schema] of Object.entries(NAMES)) namedSchemas.add(schema, { id });
