import type {
  BatchItem,
  OnceBatchRequest,
  OnceBatchResult,
  OnceResult,
  ReceiptKey,
} from "../dependencies/dependency.ts";
import { type Effect, MisuseError } from "../errors.ts";
import { type OnceTransaction, runOnce } from "./run-once.ts";
import type { TransactionScope } from "./transaction-scope.ts";

/** A receipt as it is found: of an effect, with its result where that was kept, or of a fence. */
export type FoundReceipt =
  | { readonly kind: "effect"; readonly result: string | undefined }
  | { readonly kind: "fence" };

/** A receipt that is written with this transaction. */
export interface FreshReceipt {
  readonly receipt: ReceiptKey;
  /** Undefined where none is kept. */
  readonly result: string | undefined;
}

/** One transaction of a graph for a whole batch. None of these rejects with anything but a `DependencyError`. */
export interface BatchTransaction<Handle> {
  readonly scope: TransactionScope;
  readonly handle: Handle;
  /** `unknown` from the moment at which a commit that may have an effect was sent. */
  readonly effect: Effect;
  /** Set when a receipt that was taken for new was not: nothing was applied, and another transaction begins anew. */
  readonly receiptsChanged: boolean;
  /** Writes the receipts that are not there yet, or promises to: what is known of each, undefined where it is fresh. */
  begin(receipts: readonly ReceiptKey[]): Promise<readonly (FoundReceipt | undefined)[]>;
  /** Makes the effects and all fresh receipts durable. */
  commit(fresh: readonly FreshReceipt[]): Promise<void>;
  /** Gives up whatever is open, at once and for good. Never throws. */
  abort(): void;
}

/** The JSON text of the result of each fresh item. */
type Results = readonly (string | undefined)[];

/** `ReceiptStore.onceBatch`, the same for every graph: the order of `runOnce`, with the receipts before the work. */
export async function runOnceBatch<Handle>(
  dependency: string,
  request: OnceBatchRequest,
  begin: () => BatchTransaction<Handle>,
  work: (handle: Handle, fresh: readonly number[]) => Promise<Results>,
): Promise<OnceBatchResult> {
  for (;;) {
    const transaction = begin();
    const batch = new OnceBatch(request.items, transaction);
    try {
      return await runOnce(dependency, request.attempt, batch, async (handle) => {
        const fresh = await batch.begin();
        return batch.appliedBefore === undefined ? work(handle, fresh) : [];
      });
    } catch (error) {
      if (!transaction.receiptsChanged || request.attempt.ended) throw error;
    }
  }
}

class OnceBatch<Handle> implements OnceTransaction<Handle, Results, OnceBatchResult> {
  appliedBefore: OnceBatchResult | undefined;
  readonly #items: readonly BatchItem[];
  readonly #transaction: BatchTransaction<Handle>;
  /** By index: the first item with this item's receipt, mostly itself. */
  readonly #firsts: readonly number[];
  /** What was known of the receipts of first items, by index. */
  readonly #known = new Map<number, FoundReceipt>();
  #fresh: readonly number[] = [];

  constructor(items: readonly BatchItem[], transaction: BatchTransaction<Handle>) {
    this.#items = items;
    this.#transaction = transaction;
    const seen = new Map<string, number>();
    this.#firsts = items.map(({ receipt: { operationId, incarnation } }, index) => {
      const name = `${incarnation} ${operationId}`;
      const first = seen.get(name) ?? index;
      seen.set(name, first);
      return first;
    });
  }

  get scope(): TransactionScope {
    return this.#transaction.scope;
  }

  get handle(): Handle {
    return this.#transaction.handle;
  }

  get effect(): Effect {
    return this.#transaction.effect;
  }

  /** The indexes of those that have no receipt yet. Within the scope, so that an answer that is owed is the graph's fault. */
  async begin(): Promise<readonly number[]> {
    const firsts = this.#firsts.filter((first, index) => first === index);
    const found = await this.scope.call(() =>
      this.#transaction.begin(firsts.map((index) => this.#items[index]!.receipt)),
    );
    for (const [place, receipt] of found.entries()) if (receipt !== undefined) this.#known.set(firsts[place]!, receipt);
    const fenced = this.#firsts.flatMap((first, index) => (this.#known.get(first)?.kind === "fence" ? [index] : []));
    this.#fresh = firsts.filter((index) => !this.#known.has(index));
    if (fenced.length > 0) this.appliedBefore = { state: "fenced", fenced };
    else if (this.#fresh.length === 0) this.appliedBefore = { state: "applied", results: this.#answers([]) };
    return this.#fresh;
  }

  async commit(results: Results): Promise<OnceBatchResult> {
    if (results.length !== this.#fresh.length)
      throw new MisuseError(
        "invalid_batch_results",
        `${results.length} results came of ${this.#fresh.length} operations.`,
      );
    await this.#transaction.commit(
      this.#fresh.map((index, place) => {
        const { receipt, keepResult } = this.#items[index]!;
        return { receipt, result: keepResult ? results[place] : undefined };
      }),
    );
    return { state: "applied", results: this.#answers(results) };
  }

  /** Receipts were looked at before the work. */
  async findAppliedBefore(): Promise<undefined> {}

  abort(): void {
    this.#transaction.abort();
  }

  #answers(results: Results): readonly OnceResult[] {
    const placeOf = new Map(this.#fresh.map((index, place) => [index, place]));
    return this.#firsts.map((first, index) => {
      const known = this.#known.get(first);
      if (known !== undefined) return { applied: "before", result: known.kind === "effect" ? known.result : undefined };
      const result = results[placeOf.get(first)!];
      if (first === index) return { applied: "now", result };
      return { applied: "before", result: this.#items[first]!.keepResult ? result : undefined };
    });
  }
}
