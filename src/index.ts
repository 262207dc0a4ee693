/**
 * Holdfast keeps a service useful while what it depends on is not: see README.md for the first minute.
 *
 * @module
 */
export type { Alert, AlertAction, AlertSeverity, AlertStatus } from "./alerts/alert.ts";
export type { AlertAnswer, AlertChange, Alerts } from "./alerts/alerts.ts";
export type { Admission } from "./admission/admit.ts";
export type {
  AdmissionDecision,
  AdmissionPolicy,
  DependencyAdmission,
} from "../machines/contracts/admission-policy.ts";
export type { Cause } from "../machines/contracts/cause.ts";
export type { Mode, ModeInForce } from "../machines/contracts/modes.ts";
export { MODES } from "../machines/contracts/modes.ts";
export type { Priority } from "../machines/contracts/priority.ts";
export { PRIORITIES } from "../machines/contracts/priority.ts";
export { configure, defaultConfig } from "../config/presets.ts";
export type {
  BreakerSettings,
  ConcurrencySettings,
  PartialRuntimeConfig,
  RetrySettings,
  RuntimeConfig,
  SensingSettings,
} from "../config/types.ts";
export type { CallOptions, CallOutcome, CallWork } from "./dependencies/call.ts";
export type { LiveActor, LiveActorWithEvents, PossibleEvent } from "./control/inspect/live-actor.ts";
export type { MachineDefinition, MachineEdge, MachineState } from "./control/inspect/machine-definition.ts";
export type { Measurements } from "./control/measurements.ts";
export type { ReadValue, SensorReadings } from "./control/sensors/replaced.ts";
export type { DegradationMetrics } from "./degradation/metrics.ts";
export type { HistoryPage, HistoryQuestion, ModeChange } from "./degradation/mode-history.ts";
export type {
  PastActor,
  PastMoment,
  PastTransition,
  TransitionBounds,
  TransitionPage,
  TransitionQuestion,
} from "./degradation/time-travel.ts";
export { type CallHandle, dependency, type DependencyOptions } from "./dependencies/define-dependency.ts";
export type { Dependency } from "./dependencies/dependency.ts";
export {
  DependencyError,
  type DependencyFailureKind,
  type Effect,
  type ErrorSummary,
  HandlerError,
  HoldfastError,
  InvalidValueError,
  MisuseError,
  StorageError,
} from "./errors.ts";
export { explainOutcome } from "./explain/explain-outcome.ts";
export type { ExplainedCause, ExplainedStep, Explanation } from "./explain/explanation.ts";
export {
  type AnyOperationDefinition,
  type BatchExecutionContext,
  type BatchItemContext,
  type BatchValues,
  defineOperation,
  type ExecutionContext,
  type InputOf,
  type OperationDefinition,
  type OperationOptions,
  type ValueOf,
} from "./operations/define-operation.ts";
export type { MemoryPressureCallback } from "./memory-pressure.ts";
export type {
  EndedPage,
  EndedQuestion,
  OperationResult,
  OperationState,
  OperationView,
  Page,
  WaitingState,
} from "./operations/operation-view.ts";
export type {
  Completed,
  Failed,
  Outcome,
  Queued,
  QueuedBecause,
  Refused,
  RefusalReason,
} from "./operations/outcome.ts";
export type { Principal } from "./operations/principal.ts";
export type { SubmitOptions } from "./operations/submit.ts";
export type { Clock, Logger, LogFields, Random, TimerHandle } from "./ports.ts";
export { silentLogger } from "./ports.ts";
export type { CancelOutcome } from "./queue/cancel.ts";
export type { DeadLetters, DiscardOutcome, RetryOutcome } from "./queue/dead-letters.ts";
export type { LaneState, LaneView, QueueReads, QueueStatus } from "./queue/queue-reads.ts";
export type { QueueRates } from "./queue/queue-rates.ts";
export type { RuntimeBackup, RuntimeBackupOptions } from "./runtime-backups.ts";
export type { HealthIssue, HealthSeverity, HealthSummary } from "./runtime-health.ts";
export type { Machines } from "./runtime-machines.ts";
export type { Readiness } from "./runtime-readiness.ts";
export { type Backup, backupJournal, type BackupOptions } from "./storage/backup/backup-journal.ts";
export type { HistogramSample, Instrument, Labels, Sample } from "./telemetry/instrument.ts";
export { createRuntime, type Runtime } from "./runtime.ts";
export type { RuntimeOptions } from "./runtime-options.ts";
export type { AccessToken, TokenEnd, TokenKind } from "./security/access/access-token.ts";
export { type Permission, PERMISSIONS } from "./security/access/permissions.ts";
export { type Role, ROLES } from "./security/access/roles.ts";
export type { SignedIn } from "./security/access/sessions.ts";
export type { Unproven, Verified } from "./security/access/token-book.ts";
export type { CreatedToken, ListedToken, RevokeAnswer, Tokens, TokenWish } from "./security/access/tokens.ts";
export type { RuntimePhase, RuntimeStatus } from "./runtime-status.ts";
export type { RuntimeEvents } from "./runtime-events.ts";
