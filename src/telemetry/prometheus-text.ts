import type { HistogramSample, Instrument, Labels } from "./instrument.ts";

export const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

const SUFFIX_OF_UNIT: Readonly<Record<string, string>> = { s: "_seconds", By: "_bytes", "1": "_ratio" };

/** Instruments in Prometheus' text format, with names by OpenTelemetry's rules for it: unit, then `_total`. */
export const prometheusText = (instruments: readonly Instrument[]): string =>
  `${instruments.map(familyText).join("\n")}\n`;

function familyText(instrument: Instrument): string {
  const { description, kind } = instrument;
  const name = prometheusName(instrument);
  const samples =
    instrument.kind === "histogram"
      ? instrument.samples.flatMap((sample) => histogramLines(name, sample))
      : instrument.samples.map(({ labels, value }) => line(name, labels, value));
  const help = description.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`, ...samples].join("\n");
}

export function prometheusName({ name, unit, kind }: Pick<Instrument, "name" | "unit" | "kind">): string {
  const base = name.replaceAll(/[^A-Za-z0-9_]/g, "_") + (SUFFIX_OF_UNIT[unit] ?? "");
  return kind === "counter" ? `${base}_total` : base;
}

function histogramLines(name: string, { labels, bounds, counts, sum }: HistogramSample): string[] {
  let below = 0;
  const buckets = counts.map((count, index) => {
    below += count;
    const bound = bounds[index];
    return line(`${name}_bucket`, { ...labels, le: bound === undefined ? "+Inf" : String(bound) }, below);
  });
  return [...buckets, line(`${name}_sum`, labels, sum), line(`${name}_count`, labels, below)];
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}`;
}

const escaped = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
