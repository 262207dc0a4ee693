import { selectLastAlert, selectUnresolvedAlerts } from "../statements/alerts.ts";
import { findNextDue } from "../statements/find-next-due.ts";
import { selectRecords } from "../statements/machines.ts";
import { selectTokens } from "../statements/tokens.ts";
import { insertPool, selectPools } from "../statements/names.ts";
import { beginEpoch, insertMeta, selectMeta, type MetaRow } from "../statements/open-meta.ts";
import type { WriterOpened, WriterOptions } from "../protocol.ts";
import type { MachineRecord } from "../../queue/journal.ts";
import type { Context } from "./context.ts";
import { type StoredAlert, toAlert } from "./stored-alert.ts";
import { newJournalId, readDurability } from "./open-database.ts";
import { beginRelease } from "./release-held.ts";
import { returnRunning } from "./restart.ts";
import { type StoredToken, toToken } from "./stored-token.ts";

type Opened = Exclude<WriterOpened, { failed: unknown }>;

type PoolRow = [id: number, name: string, ...statesAndBytes: number[]];

/** A new process takes over: the epoch is counted and its predecessor's running rows return in the same commit. */
export function openJournalState(context: Context, options: WriterOptions): Opened {
  const { connection, counter, undo, schedule, definitions, laneRows } = context;
  connection.begin();
  try {
    connection.run(insertMeta, [newJournalId()]);
    const meta = connection.get<MetaRow>(selectMeta, []);
    if (meta === undefined) throw new Error("the table meta has no row");
    connection.run(beginEpoch, []);
    const pools = restorePools(context, options.pools);
    const definitionIds = definitions.set(options.definitions);
    laneRows.open();
    const interrupted = returnRunning(context);
    schedule.nextDue = connection.get<[number | null]>(findNextDue, [])?.[0] ?? null;
    beginRelease(context);
    context.audit.flush();
    counter.save(connection);
    connection.commit();
    undo.commit();
    counter.commit();
    const [journalId, epoch, highWater, cleanShutdown, lastWrittenAt] = meta;
    return {
      opened: {
        journalId,
        epoch: epoch + 1,
        highWater,
        pools,
        definitions: definitionIds,
        knownDefinitions: definitions.all(),
        interrupted,
        cleanShutdown: cleanShutdown === 1,
        lastWrittenAt,
        records: readRecords(context),
        alerts: connection.all<StoredAlert>(selectUnresolvedAlerts, []).map(toAlert),
        tokens: connection.all<StoredToken>(selectTokens, []).map(toToken),
        lastAlert: connection.get<[number | null]>(selectLastAlert, [])?.[0] ?? 0,
      },
      durability: readDurability(connection.raw),
      counts: counter.report(),
      nextDue: schedule.releasing.length > 0 ? schedule.now : schedule.nextDue,
      answered: null,
    };
  } catch (error) {
    connection.rollback();
    connection.raw.close();
    throw error;
  }
}

export function restorePools({ connection, counter }: Context, names: readonly string[]): number[] {
  for (const name of names) connection.run(insertPool, [name]);
  const ids = new Map<string, number>();
  for (const [id, name, ...numbers] of connection.all<PoolRow>(selectPools, [])) {
    counter.restore(id, numbers.slice(0, -1), numbers.at(-1) ?? 0);
    ids.set(name, id);
  }
  return names.map((name) => ids.get(name) as number);
}

function readRecords({ connection }: Context): MachineRecord[] {
  return connection
    .all<[id: string, version: number, at: number, state: string, context: string]>(selectRecords, [])
    .map(([id, version, at, state, context]) => ({ id, version, at, state, context }));
}
