/** A planted fault: one promise broken on purpose, by wrapping a port from here, and the test that must notice. */
export interface Fault {
  /** In kebab-case; `planted/<fault>.ts` is the module that plants it. */
  readonly fault: string;
  readonly what: string;
  /** Number of the invariant it breaks, as in ARCHITECTURE.md; null for a promise that is no invariant. */
  readonly invariant: number | null;
  /** Path of the module, from the project's root, in whose place everybody gets `planted/<fault>.ts`. */
  readonly wraps: string;
  readonly caughtBy: {
    /** Path from the project's root. */
    readonly file: string;
    /** Its full name: the names of its suites and its own, joined by ` > `. */
    readonly test: string;
  };
}

/** An invariant, or a part of one, that nothing can break yet. */
export interface NotBuiltYet {
  readonly fault: string;
  readonly invariant: number;
  /** What is missing, and until when. */
  readonly notBuiltYet: string;
}
