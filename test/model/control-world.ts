import type { AnyActorRef } from "xstate";
import { configure } from "../../config/presets.ts";
import type { PartialRuntimeConfig } from "../../config/types.ts";
import type { TriggerChanged, TriggerState } from "../../machines/contracts/triggers.ts";
import type { ConditionKind, ServiceCondition } from "../../machines/contracts/conditions.ts";
import type { AdmissionPolicy } from "../../machines/contracts/admission-policy.ts";
import type { Cause } from "../../machines/contracts/cause.ts";
import type { ControlledDependency, ControlPorts } from "../../src/control/control-plane.ts";
import { openControlPlane, type OpenControlPlane } from "../../src/control/create-control-plane.ts";
import type { ProbeResult } from "../../src/dependencies/health.ts";
import { type LogFields, silentLogger } from "../../src/ports.ts";
import type { MachineRecord, TransitionRow } from "../../src/queue/journal.ts";
import { createVirtualClock, type VirtualClock } from "../../src/testing/virtual-clock.ts";

/** A dependency of the world around the control plane, and what the tests do to it. */
export class FakeDependency {
  up = true;
  misconfigured = false;
  /** Failures say that connections are suspect, and heal only when they are built anew. */
  staleConnections = false;
  /** What probes, reads and verifications take. */
  latencyMs: () => number = () => 20;
  waiting = 0;
  watermark = 0;
  /** What serving one waiting row takes. */
  servingMs = 10;
  verification: { ok: boolean; detail: string } = { ok: true, detail: "ended equals counted" };
  readonly verified: { watermark: number; open: number; proof: string }[] = [];
  readonly probedAt: number[] = [];
  reconnects = 0;
  draining = 0;
  /** Probes and the like that are under way: they cannot be called back, whoever asked for them. */
  underWay = 0;
}

const UNAVAILABLE = { ok: false, code: "ServiceUnavailable", message: "no answer" } as const;

/** One process after the other, over the same dependencies, the same store and the same time. */
export class World {
  readonly clock: VirtualClock = createVirtualClock();
  readonly startedAt = this.clock.now();
  readonly dependencies: Record<string, FakeDependency>;
  readonly records = new Map<string, MachineRecord>();
  readonly transitions: TransitionRow[] = [];
  readonly pages: { at: number; subject: string; cause: Cause }[] = [];
  readonly policies: AdmissionPolicy[] = [];
  readonly logged: { level: string; fields: LogFields; message: string }[] = [];
  /** Share of the memory in use, and how much of it a relief frees. */
  memory = 0.95;
  freed = 0;
  reliefs = 0;
  /** Whether the storage thread can be restarted, and does its work then. */
  restartable = true;
  works = true;
  /** What reliefs, measurements and restarts take. */
  actionMs: () => number = () => 20;
  actingNow = 0;
  /** Next numbers that `Random` gives. */
  draw: () => number = () => 0;
  plane: OpenControlPlane;
  readonly #config: PartialRuntimeConfig;
  readonly #ports: Partial<ControlPorts>;
  readonly #onStart: ((plane: OpenControlPlane) => void) | undefined;

  constructor(
    names: readonly string[],
    config: PartialRuntimeConfig = {},
    onStart?: (plane: OpenControlPlane) => void,
    ports: Partial<ControlPorts> = {},
  ) {
    this.#ports = ports;
    this.#config = config;
    this.#onStart = onStart;
    this.dependencies = Object.fromEntries(names.map((name) => [name, new FakeDependency()]));
    this.plane = this.#open();
  }

  /** The first, or the only, dependency. */
  get graph(): FakeDependency {
    return this.dependency("graph");
  }

  dependency(name: string): FakeDependency {
    const found = this.dependencies[name];
    if (found === undefined) throw new Error(`this world has no dependency ${name}`);
    return found;
  }

  start(lostMs = 0): void {
    this.#onStart?.(this.plane);
    this.plane.start([...this.records.values()], lostMs);
  }

  /** As a kill does it: what the process was about to do is gone. Then a new one after `downMs`. */
  async restart(downMs: number): Promise<void> {
    this.plane.stop();
    await this.clock.advance(downMs);
    this.plane = this.#open();
    this.start(downMs);
  }

  /** Advances time in seconds. */
  seconds(n: number): Promise<void> {
    return this.clock.advance(n * 1_000);
  }

  /** The data plane counted too many failures of calls that began in the present generation. */
  failCalls(name = "graph", options: { generation?: number; misconfigured?: boolean } = {}): boolean {
    const generation = options.generation ?? this.admission(name).generation;
    const cause = {
      actor: `calls:${name}`,
      what: "5 failures in a row",
      values: { consecutiveFailures: 5, limit: 5, code: "ServiceUnavailable" },
    };
    return this.plane.callsFailed({
      dependency: name,
      generation,
      cause,
      misconfigured: options.misconfigured ?? false,
    });
  }

  /** An outage as callers see it: the dependency is gone, and they notice. */
  lose(name = "graph"): void {
    this.dependency(name).up = false;
    this.failCalls(name);
  }

  admission(name = "graph") {
    const admission = this.plane.policy.dependencies[name];
    if (admission === undefined) throw new Error(`the policy has no dependency ${name}`);
    return admission;
  }

  /** The state of an actor: "fallen" when it is down. */
  state(id: string): string {
    return this.plane.status().actors.find((actor) => actor.id === id)?.state ?? "unknown";
  }

  modes(): string[] {
    return this.plane.policy.modes.map(({ mode, dependency }) =>
      dependency === undefined ? mode : `${mode}:${dependency}`,
    );
  }

  /** Makes the next step of an actor throw, whatever state it is in. */
  crash(id: string): void {
    const actor = this.find(id);
    if (actor?.getSnapshot().status !== "active") return;
    let armed = true;
    actor.send({
      get type() {
        if (!armed) return "planted";
        armed = false;
        throw new Error("planted crash");
      },
    });
  }

  /** Also what incidents invoke: `reconnect:graph`, `memory_relief`, `page:incident:memory_exhaustion`. */
  find(id: string): AnyActorRef | undefined {
    const invoked = (condition: string, child = "remedy") =>
      this.plane.actor(`incident:${condition}`)?.getSnapshot().children[child];
    const [kind = "", ...name] = id.split(":");
    switch (kind) {
      case "reconnect":
        return invoked(`dependency_unavailable:${name.join(":")}`);
      case "probe_request":
        return invoked(`connection_failures:${name.join(":")}`);
      case "memory_relief":
        return invoked("memory_exhaustion");
      case "worker_restart":
        return invoked("storage_unavailable");
      case "page":
        return invoked(name.slice(1).join(":"), "page");
      default:
        return this.plane.actor(id);
    }
  }

  /** As a trigger would tell it. */
  raise(kind: ConditionKind, dependency?: string): void {
    this.#condition("condition.raised", kind, dependency);
  }

  clear(kind: ConditionKind, dependency?: string): void {
    this.#condition("condition.cleared", kind, dependency);
  }

  /** Where the trigger of a condition stands, as it would tell it. */
  triggerSays(kind: ServiceCondition["kind"], state: TriggerState): void {
    const at = this.clock.now();
    const raised = state === "raised" || state === "falling";
    const said: Omit<TriggerChanged, "at"> = {
      type: "trigger.changed",
      cause: { actor: `trigger:${kind}`, what: state },
      trigger: kind,
      condition: { kind },
      state,
      since: at,
      failed: false,
      raised,
      raisedAt: raised ? at : null,
      value: null,
      definition: { enter: 1, exit: 0, enterDwellMs: 0, leaveDwellMs: 0 },
      deadline: null,
      dwellFactor: 1,
    };
    this.plane.tell("root", said);
  }

  incident(condition: string) {
    return this.plane
      .status()
      .incidents.find((each) => [each.condition, each.dependency].filter(Boolean).join(":") === condition);
  }

  person(what: string): Cause {
    return { actor: "person:anna", what };
  }

  /** A person's order to a breaker. */
  order(order: "force_open" | "disable" | "enable", name = "graph"): boolean {
    return this.plane.tell(`breaker:${name}`, { type: `breaker.${order}`, cause: this.person(order) });
  }

  acknowledge(name = "graph"): boolean {
    return this.plane.tell(`incident:dependency_unavailable:${name}`, {
      type: "page.acknowledge",
      cause: this.person("took over"),
    });
  }

  transitionsOf(machine: string): string[] {
    return this.transitions.filter((row) => row.machine === machine).map(({ from, to }) => `${from} -> ${to}`);
  }

  /** Timers of the control plane itself. */
  get timers(): number {
    const acting = Object.values(this.dependencies).reduce((sum, { underWay }) => sum + underWay, this.actingNow);
    return this.clock.pending - acting;
  }

  /** Milliseconds since this world began. */
  since(at: number): number {
    return at - this.startedAt;
  }

  #condition(type: "condition.raised" | "condition.cleared", kind: ConditionKind, dependency?: string): void {
    const condition = dependency === undefined ? { kind } : { kind, dependency };
    const cause = { actor: `trigger:${kind}`, what: type === "condition.raised" ? "too much of it" : "less of it" };
    this.plane.tell("root", { type, condition, cause });
  }

  #acting<Value>(result: () => Value): Promise<Value> {
    return new Promise((resolve) => {
      this.actingNow++;
      this.clock.setTimer(() => {
        this.actingNow--;
        resolve(result());
      }, this.actionMs());
    });
  }

  #open(): OpenControlPlane {
    const config = configure(this.#config);
    const log = (level: string) => (fields: LogFields, message: string) =>
      void this.logged.push({ level, fields, message });
    const ports: ControlPorts = {
      clock: this.clock,
      random: { next: () => this.draw() },
      logger: { ...silentLogger, info: log("info"), warn: log("warn"), error: log("error") },
      config,
      dependencies: Object.entries(this.dependencies).map(([name, fake]) =>
        this.#controlled(name, fake, config.breaker),
      ),
      relieveMemory: () =>
        this.#acting(() => {
          this.reliefs++;
          this.memory -= this.freed;
          return { ok: true, detail: "1 callback ran" };
        }),
      measureMemory: () => this.#acting(() => this.memory),
      restartWorker: () => this.#acting(() => ({ ok: this.restartable, detail: "a new thread" })),
      verifyWorker: () => this.#acting(() => ({ ok: this.works, detail: "a commit" })),
      recordTransition: (row) => void this.transitions.push(row),
      saveRecord: (record) => void this.records.set(record.id, record),
      ...this.#ports,
    };
    const plane = openControlPlane(ports);
    plane.onPage((page) => void this.pages.push(page));
    plane.onPolicy((policy) => void this.policies.push(policy));
    return plane;
  }

  #controlled(name: string, fake: FakeDependency, breaker: ControlledDependency["breaker"]): ControlledDependency {
    const { clock } = this;
    const act = (ms: number): Promise<void> =>
      new Promise((resolve) => {
        fake.underWay++;
        clock.setTimer(() => {
          fake.underWay--;
          resolve();
        }, ms);
      });
    /** Serves a few rows, or waits a second while the dependency is down; gives up at once when the signal aborts. */
    const serve = (signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        const rows = fake.up ? Math.min(fake.waiting, 100) : 0;
        const giveUp = () => timer.cancel();
        const timer = clock.setTimer(
          () => {
            signal.removeEventListener("abort", giveUp);
            fake.waiting -= rows;
            resolve();
          },
          rows > 0 ? rows * fake.servingMs : 1_000,
        );
        signal.addEventListener("abort", giveUp, { once: true });
      });
    return {
      name,
      breaker,
      async probe(): Promise<ProbeResult> {
        fake.probedAt.push(clock.now());
        const tookMs = fake.latencyMs();
        // The connection is taken when the probe begins.
        const reconnect = fake.staleConnections;
        await act(tookMs);
        if (!fake.up || reconnect) return { ...UNAVAILABLE, misconfigured: false, reconnect };
        if (fake.misconfigured)
          return { ok: false, code: "Unauthorized", message: "wrong password", misconfigured: true, reconnect: false };
        return { ok: true, tookMs };
      },
      async reconnect() {
        await act(fake.latencyMs());
        fake.reconnects++;
        fake.staleConnections = false;
        return { ok: true, detail: "a new driver" };
      },
      async readWatermark() {
        await act(fake.latencyMs());
        return { watermark: fake.watermark, open: fake.waiting, proof: `proof of ${fake.watermark}` };
      },
      async emptied(_watermark, signal) {
        fake.draining++;
        signal.addEventListener("abort", () => fake.draining--, { once: true });
        while (fake.waiting > 0 && !signal.aborted) await serve(signal);
        if (!signal.aborted) fake.draining--;
        return { held: 0, dead: 0, parked: 0 };
      },
      async verifyDrain({ watermark, open, proof }) {
        fake.verified.push({ watermark, open, proof });
        await act(fake.latencyMs());
        return fake.verification;
      },
    };
  }
}
