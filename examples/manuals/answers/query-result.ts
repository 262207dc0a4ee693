export interface TemperatureAnswer {
  /** As the manual writes it: `350 °F (177 °C)`. */
  readonly temperature: string;
  /** The sentence or the table cell that says so. */
  readonly context: string;
  readonly purpose: string;
  /** The machines it is said of, by name. */
  readonly equipment: readonly string[];
  readonly documents: readonly string[];
}

export interface StepsAnswer {
  readonly procedure: string;
  readonly steps: readonly string[];
  readonly equipment: readonly string[];
  readonly documents: readonly string[];
}

export interface EquipmentAnswer {
  readonly equipment: string;
  readonly model: string;
  readonly because: string;
  readonly documents: readonly string[];
}

/** What one kind of question brings. No answers means that the graph holds none; nothing is guessed. */
export interface Answers<Answer> {
  /** The best first; at most 10. Manuals that say the same are one answer. */
  readonly answers: readonly Answer[];
  /** The graph held more than was looked at: an answer may be missing. */
  readonly incomplete: boolean;
}

/** A manual that an answer was taken from. */
export interface AnswerSource {
  readonly document: string;
  readonly title: string;
}

/** What `document.query` answers. */
export type QueryResult = { readonly sources: readonly AnswerSource[] } & (
  | ({ readonly kind: "temperature" } & Answers<TemperatureAnswer>)
  | ({ readonly kind: "steps" } & Answers<StepsAnswer>)
  | ({ readonly kind: "equipment" } & Answers<EquipmentAnswer>)
  /** It asks for none of the three. */
  | ({ readonly kind: "not_understood" } & Answers<never>)
);
