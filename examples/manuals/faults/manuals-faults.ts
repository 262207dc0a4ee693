import { InvalidValueError, type Runtime } from "holdfast";
import type { DevelopmentFault, DevelopmentFaults } from "holdfast/server";
import type { FaultyGraph } from "holdfast/testing";
import type { documentOperations } from "../document-operations.ts";
import { GraphFaults } from "./graph-faults.ts";
import { Load } from "./load.ts";
import { MemoryFault } from "./memory-fault.ts";

interface Source {
  list(): readonly DevelopmentFault[];
  set(id: string, value: boolean | number): void;
}

/** What a newcomer can do to the manuals' service: cut, slow or flap its graph, fill its memory, load it. */
export class ManualsFaults implements DevelopmentFaults {
  readonly #graph: GraphFaults;
  readonly #memory = new MemoryFault();
  readonly #load: Load;

  /** @param runtime undefined until it is open */
  constructor(
    graph: Pick<FaultyGraph<object>, "cut" | "restore" | "delay">,
    operations: ReturnType<typeof documentOperations>,
    runtime: () => Runtime | undefined,
  ) {
    this.#graph = new GraphFaults(graph);
    this.#load = new Load(operations, runtime);
  }

  get #sources(): readonly Source[] {
    return [this.#graph, this.#memory, this.#load];
  }

  list(): readonly DevelopmentFault[] {
    return this.#sources.flatMap((source) => source.list());
  }

  /** @throws InvalidValueError `invalid_fault_value` */
  set(id: string, value: boolean | number): DevelopmentFault {
    const source = this.#sources.find((each) => each.list().some((fault) => fault.id === id));
    const known = source?.list().find((fault) => fault.id === id);
    if (source === undefined || known === undefined)
      throw new InvalidValueError("unknown_fault", "$.id", `There is no fault ${id}.`);
    check(known, value);
    source.set(id, value);
    return this.list().find((fault) => fault.id === id) ?? known;
  }

  /** For `runtime.onMemoryPressure`: the memory that was filled is given back. */
  letGoOfMemory(): void {
    this.#memory.letGo();
  }

  stop(): void {
    this.#graph.stop();
    this.#load.stop();
    this.#memory.letGo();
  }
}

function check(fault: DevelopmentFault, value: boolean | number): void {
  if (fault.kind === "switch") {
    if (typeof value !== "boolean")
      throw new InvalidValueError("invalid_fault_value", "$.on", `${fault.id} is a switch: give on.`);
    return;
  }
  const { minimum, maximum, unit } = fault;
  if (typeof value !== "number" || value < minimum || value > maximum)
    throw new InvalidValueError(
      "invalid_fault_value",
      "$.value",
      `${fault.id} is a slider: give a value from ${minimum} to ${maximum} (${unit}).`,
    );
}
