import { watchForeignCpu } from "./foreign-cpu.ts";
import { median } from "./median.ts";

/** Several figures of one sample, by their names. */
export type Sample = Readonly<Record<string, number>>;

export interface Medians<Name extends string, Figures extends Sample> {
  /** The median of each figure over the rounds, for each contestant. */
  readonly of: Readonly<Record<Name, Figures>>;
  readonly foreignCores: number | undefined;
}

/**
 * Takes one sample of each contestant in each round, each round beginning with another, so that what happens to the
 * machine happens to all of them.
 */
export async function interleaved<Name extends string, Figures extends Sample>(
  contestants: Readonly<Record<Name, (round: number) => Promise<Figures>>>,
  rounds: number,
): Promise<Medians<Name, Figures>> {
  const names = Object.keys(contestants) as Name[];
  const samples = new Map(names.map((name) => [name, [] as Figures[]]));
  const foreignCores = watchForeignCpu();
  for (let round = 0; round < rounds; round++)
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length]!;
      samples.get(name)!.push(await contestants[name](round));
    }
  return {
    of: Object.fromEntries(names.map((name) => [name, mediansOf(samples.get(name)!)])) as Record<Name, Figures>,
    foreignCores: foreignCores(),
  };
}

function mediansOf<Figures extends Sample>(samples: readonly Figures[]): Figures {
  const figures = Object.keys(samples[0] ?? {});
  return Object.fromEntries(figures.map((name) => [name, median(samples.map((sample) => sample[name]!))])) as Figures;
}
