import { findKinds, wordsOf } from "./equipment-kinds.ts";
import { type EquipmentName, readEquipmentName, sameModel } from "./equipment-names.ts";
import type { Equipment } from "../extracted-manual.ts";
import { Identifiers, slug } from "../identifiers.ts";

/** The machines of one manual, known by their names, models and kinds. */
export class EquipmentRegister {
  readonly #all: Equipment[] = [];
  readonly #places = new Map<string, number>();
  readonly #placeOf = new Map<string, number>();
  readonly #identifiers: Identifiers;
  readonly #document: string;

  constructor(document: string) {
    this.#document = document;
    this.#identifiers = new Identifiers(document);
  }

  all(): readonly Equipment[] {
    return [...this.#all];
  }

  /** Adds a machine, or returns the one that has this name or model already. */
  add({ name, model, kind }: EquipmentName): Equipment {
    const keys = [`name ${slug(name)}`, ...(model === "" ? [] : [`model ${sameModel(model)}`])];
    for (const key of keys) {
      const known = this.#all[this.#places.get(key) ?? -1];
      // One name with two models is two machines; one model is one machine, whatever it is called.
      if (known !== undefined && (key.startsWith("model") || model === "" || known.model === "")) return known;
    }
    for (const key of keys) if (!this.#places.has(key)) this.#places.set(key, this.#all.length);
    const id = this.#identifiers.make("equipment", slug(name));
    const made: Equipment = { id, document: this.#document, name, model, kind: kind || "equipment" };
    this.#placeOf.set(id, this.#all.length);
    this.#all.push(made);
    return made;
  }

  /** Gives a machine the model that a label states, if it has none yet. */
  giveModel({ id }: Equipment, model: string): void {
    const place = this.#placeOf.get(id) ?? -1;
    const known = this.#all[place];
    if (known === undefined || known.model !== "") return;
    this.#all[place] = { ...known, model };
    const key = `model ${sameModel(model)}`;
    if (!this.#places.has(key)) this.#places.set(key, place);
  }

  /** The machine as it is known by now: a model may have been given to it since. */
  current(equipment: Equipment): Equipment {
    return this.#all[this.#placeOf.get(equipment.id) ?? -1] ?? equipment;
  }

  /** The machine that a short text names and says nothing else. */
  named(label: string): Equipment | undefined {
    if (label.length > 100) return undefined;
    const name = readEquipmentName(label);
    if (name === undefined) return undefined;
    const byName = this.#places.get(`name ${slug(name.name)}`);
    const place = byName ?? (name.model === "" ? undefined : this.#places.get(`model ${sameModel(name.model)}`));
    return place === undefined ? undefined : this.#all[place];
  }

  /** The only machine whose model or kind a text mentions; of more than 32 machines none. */
  mentionedIn(text: string): Equipment | undefined {
    // Looking through a longer list for every sentence would cost their product.
    if (this.#all.length > 32) return undefined;
    const words = wordsOf(text);
    const kinds = findKinds(words);
    const codes = new Set(words.map(sameModel));
    const found = this.#all.filter(
      ({ name, model, kind }) =>
        (model !== "" && codes.has(sameModel(model))) ||
        kinds.some(
          (mention) =>
            mention.kind === kind && (mention.phrase === kind || name.toLowerCase().includes(mention.phrase)),
        ),
    );
    return found.length === 1 ? found[0] : undefined;
  }
}
