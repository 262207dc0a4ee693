import { hash, randomUUID } from "node:crypto";

/** An operation without an idempotency key is named by its first number. */
export const unkeyedOperationId = (sequence: number): string => `op_${sequence}`;

/**
 * What is never on disk has no number: a number of an uncommitted batch is given out again after a crash, and other
 * systems take an operation's id as their idempotency key.
 */
export const offDiskOperationId = (): string => `now_${randomUUID()}`;

/** With a key, by the hash of name, principal and key: the same on every machine, so that a receipt recognises it for ever. */
export const keyedOperationId = (name: string, principal: string, key: string): string =>
  `op_${hash("sha256", JSON.stringify([name, principal, key]), "hex").slice(0, 32)}`;

export const isOperationId = (text: string): boolean => /^op_(?:[0-9a-f]{32}|[1-9][0-9]{0,15})$/.test(text);

/** The name in a receipt. Numbers are only unique within a journal, so they are prefixed by its id. */
export const receiptOperationId = (journalId: string, operationId: string): string =>
  operationId.length === 35 ? operationId : `${journalId}:${operationId}`;

/** Tells whether two inputs under one idempotency key are the same. */
export const inputHash = (definition: string, inputText: string): string =>
  hash("sha256", `${definition}\n${inputText}`, "hex").slice(0, 32);
