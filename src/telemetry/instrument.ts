export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** Bounds and sum in the instrument's unit; one more count than bounds, not cumulative. */
export interface HistogramSample {
  readonly labels: Labels;
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly sum: number;
}

/**
 * One thing that is measured, named as OpenTelemetry names (`holdfast.queue.operations`), with a UCUM unit: `s`, `By`,
 * `1` for a share, `{operation}` for a count of something. Labels are few, and their values bounded.
 */
export type Instrument = {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
} & (
  | { readonly kind: "counter" | "gauge"; readonly samples: readonly Sample[] }
  | { readonly kind: "histogram"; readonly samples: readonly HistogramSample[] }
);
