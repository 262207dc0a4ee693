import type { IngestInput } from "../manuals/document-ingest.ts";
import { extractManual } from "../manuals/extract-manual.ts";
import type { ManualFormat } from "../manuals/extracted-manual.ts";
import { readDocuments } from "../manuals/read-documents.ts";
import type { WorkloadSettings } from "./messages.ts";
import { reviseManual } from "./revisions.ts";
import type { ReadRelation } from "./verify-relations.ts";

interface Manual {
  readonly id: string;
  readonly text: string;
  readonly format: ManualFormat;
}

/**
 * The work that is offered: operation n ingests revision ⌊n / lanes⌋ of document n mod lanes and appends n to that
 * document's list. Every lane has a document of its own, a copy of one of the manuals under a new id.
 */
export class Workload {
  readonly settings: WorkloadSettings;
  readonly #manuals: readonly Manual[];

  /** Rejects with what is wrong with the folder of manuals. */
  static async open(settings: WorkloadSettings): Promise<Workload> {
    const manuals = await readDocuments(settings.documents);
    if (manuals.length === 0) throw new Error(`There is no manual (.md, .txt) in ${settings.documents}.`);
    return new Workload(settings, manuals);
  }

  private constructor(settings: WorkloadSettings, manuals: readonly Manual[]) {
    this.settings = settings;
    this.#manuals = manuals;
  }

  laneOf(operation: number): number {
    return operation % this.settings.lanes;
  }

  /** The id of each lane's document; all begin with the run's. */
  get documentIds(): readonly string[] {
    return Array.from({ length: this.settings.lanes }, (_, lane) => this.#documentId(lane));
  }

  /** The revision that an operation ingests. */
  documentOf(operation: number): Manual {
    return this.#revisionOf(this.laneOf(operation), Math.floor(operation / this.settings.lanes));
  }

  /** The same as an input of document.ingest. */
  inputOf(operation: number): IngestInput {
    const { id, ...document } = this.documentOf(operation);
    return { documentId: id, ...document, sequence: operation };
  }

  /** The relations that must be in the graph when all is done: those of the last revision of each document. */
  expectedRelations(): readonly ReadRelation[] {
    const { operations, lanes } = this.settings;
    return Array.from({ length: Math.min(lanes, operations) }, (_, lane) => {
      const lastRevision = Math.floor((operations - 1 - lane) / lanes);
      return extractManual(this.#revisionOf(lane, lastRevision)).relations.map(({ type, from, to }) => ({
        type,
        from,
        to,
      }));
    }).flat();
  }

  #documentId(lane: number): string {
    return `${this.settings.runId}-${String(lane).padStart(3, "0")}-${this.#manualOf(lane).id}`;
  }

  #revisionOf(lane: number, revision: number): Manual {
    const { text, format } = this.#manualOf(lane);
    return { id: this.#documentId(lane), text: reviseManual(text, revision, this.settings.seed + lane), format };
  }

  #manualOf(lane: number): Manual {
    const manual = this.#manuals[lane % this.#manuals.length];
    if (manual === undefined) throw new RangeError("There is no manual.");
    return manual;
  }
}
