/** Something that a developer can do to the service: a switch or a slider. */
export type DevelopmentFault = {
  /** `graph.cut`, `load`: small letters, digits, dots. */
  readonly id: string;
  readonly title: string;
  /** What it does, and what is to be seen then. */
  readonly explanation: string;
} & (
  | { readonly kind: "switch"; readonly on: boolean }
  | {
      readonly kind: "slider";
      readonly value: number;
      readonly minimum: number;
      readonly maximum: number;
      readonly step: number;
      /** `ms`, `MiB`, `per second`. */
      readonly unit: string;
    }
);

/**
 * What a host in development lets people do to its service, so that they see how it degrades and comes back. A host
 * that gives none has none: `faults.list` is then not found.
 */
export interface DevelopmentFaults {
  list(): readonly DevelopmentFault[] | Promise<readonly DevelopmentFault[]>;
  /**
   * Called with an id of `list` only.
   *
   * @throws InvalidValueError where the value does not fit: a number for a switch, one out of bounds for a slider
   */
  set(id: string, value: boolean | number): DevelopmentFault | Promise<DevelopmentFault>;
}
