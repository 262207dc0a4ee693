import type { RunnableDefinition } from "../../queue/journal.ts";
import type { Connection } from "../connection.ts";
import { insertDefinition, selectDefinitions } from "../statements/names.ts";

/** Which definitions there are, by number, and which of them can be executed now. */
export class Definitions {
  readonly #connection: Connection;
  readonly #known = new Map<number, { readonly name: string; readonly version: number }>();
  #runnable: ReadonlySet<number> = new Set();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Their numbers, in the same order. New ones are stored. */
  set(definitions: readonly RunnableDefinition[]): number[] {
    for (const { name, version } of definitions) this.#connection.run(insertDefinition, [name, version]);
    this.reload();
    this.#runnable = new Set(
      [...this.#known].flatMap(([id, known]) => (definitions.some((given) => canExecute(given, known)) ? [id] : [])),
    );
    return definitions.map(({ name, version }) => {
      for (const [id, known] of this.#known) if (known.name === name && known.version === version) return id;
      throw new Error(`the definition ${name} ${version} was not stored`);
    });
  }

  reload(): void {
    this.#known.clear();
    for (const [id, name, version] of this.#connection.all<[number, string, number]>(selectDefinitions, []))
      this.#known.set(id, { name, version });
  }

  all(): { readonly id: number; readonly name: string; readonly version: number }[] {
    return [...this.#known].map(([id, known]) => ({ id, ...known }));
  }

  isRunnable(id: number): boolean {
    return this.#runnable.has(id);
  }

  get runnable(): ReadonlySet<number> {
    return this.#runnable;
  }

  set runnable(ids: ReadonlySet<number>) {
    this.#runnable = ids;
  }
}

function canExecute(given: RunnableDefinition, known: { readonly name: string; readonly version: number }): boolean {
  return (
    given.name === known.name &&
    (given.version === known.version || (given.acceptsOlder && known.version < given.version))
  );
}
