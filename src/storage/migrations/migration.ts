/** One step of the schema. Steps are never changed once released; a new step is a new file and a line in `index.ts`. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  /** Plain SQL: the schema can be read without TypeScript. */
  readonly sql: string;
}
