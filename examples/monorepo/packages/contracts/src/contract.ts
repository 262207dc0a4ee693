import type { z } from "zod";

/** What both sides know of an operation: who executes it adds how, who submits it needs no more. */
export interface Contract<Input extends z.ZodType> {
  readonly name: string;
  readonly version: number;
  readonly input: Input;
}

/** What `operations.submit` takes, with an input that fits the operation: `order(recordReading, { … })`. */
export const order = <Input extends z.ZodType>({ name }: Contract<Input>, input: z.input<Input>) => ({ name, input });
