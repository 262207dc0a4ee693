import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AcknowledgementRecord } from "./acknowledgement-record.ts";
import { carryOutKill, holdAtStart } from "./carry-out-kill.ts";
import { embeddedUnderTest, type GraphUnderTest, neo4jUnderTest } from "./graph-under-test.ts";
import { judge } from "./judge.ts";
import { type Kill, scheduleKills } from "./kill-schedule.ts";
import { Life } from "./life.ts";
import type { CampaignResult } from "./report.ts";

export interface CampaignOptions {
  readonly kills: number;
  readonly lanes: number;
  readonly seed: number;
  readonly graph: "embedded" | "neo4j";
  /** Acknowledged numbers per kill, over all kills. */
  readonly acknowledgementsPerKill: number;
  /** Leaves the temporary folder behind. */
  readonly keep: boolean;
}

export interface CampaignPorts {
  /** Ends it early. */
  readonly signal: AbortSignal;
  /** Called often, for whoever shows what is going on. */
  readonly onProgress?: (progress: CampaignProgress) => void;
  /** The file that each life of the service runs; a test may plant a fault in one of its own. */
  readonly service?: URL;
}

export interface CampaignProgress {
  readonly phase: "starting Neo4j" | "killing" | "draining" | "reading";
  readonly kills: number;
  readonly acknowledged: number;
  readonly waiting: number;
  readonly next: string;
}

const SERVICE = new URL("./service.ts", import.meta.url);
/** Before it has been measured: of the first lives, only one that is to be killed on the way needs it. */
const FIRST_GUESS_OF_START_MS = 800;
/** While it makes its tables or starts, nothing is acknowledged: the other lives do all the work. */
const isLoaded = ({ kind }: Kill): boolean => kind !== "startup" && kind !== "migration";

/**
 * Kills a service again and again, starts it again, and compares at the end what was acknowledged with what is in the
 * graph. Whatever it has started and made is gone when this promise settles.
 */
export async function runCampaign(
  options: CampaignOptions,
  { signal, onProgress = () => {}, service = SERVICE }: CampaignPorts,
): Promise<CampaignResult> {
  const startedAtMs = performance.now();
  await using cleanup = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "holdfast-chaos-"));
  const removeFolder = (): void => (options.keep ? undefined : rmSync(folder, { recursive: true, force: true }));
  // For the exits that run no more promises: a second Ctrl-C.
  process.once("exit", removeFolder);
  cleanup.defer(() => {
    removeFolder();
    process.off("exit", removeFolder);
  });
  if (options.keep) process.stderr.write(`The folder ${folder} is kept.\n`);

  const acknowledgements = join(folder, "acknowledgements.txt");
  const workload = { lanes: options.lanes, seed: options.seed };
  const record = cleanup.use(new AcknowledgementRecord(acknowledgements, workload));
  const done: Kill[] = [];
  let resubmitted = 0;
  let current: Life | undefined;
  const show = (phase: CampaignProgress["phase"], next = ""): void =>
    onProgress({
      phase,
      next,
      kills: done.length,
      acknowledged: record.acknowledged,
      waiting: current?.status.waiting ?? 0,
    });

  if (options.graph === "neo4j") show("starting Neo4j");
  const graph: GraphUnderTest =
    options.graph === "neo4j" ? await neo4jUnderTest(signal, cleanup) : embeddedUnderTest(folder);
  const dataDirectory = join(folder, "service");
  const schedule = scheduleKills(options);
  const target = options.acknowledgementsPerKill * options.kills;

  /** Starts the service with what has to be submitted again. The last life is given no more than what is missing. */
  const begin = (phase: CampaignProgress["phase"], kill?: Kill): Life => {
    const hold = kill === undefined ? undefined : holdAtStart(kill);
    const life = new Life({
      service,
      dataDirectory,
      signal,
      ...(hold === undefined ? {} : { holdAtStart: hold }),
      onReport: (report) => {
        if (report.kind === "reserved") record.reserve(report.below);
        else if (report.kind === "acknowledged") record.acknowledge(report.outcomes);
        else if (report.kind === "status") show(phase, kill?.kind);
      },
    });
    current = life;
    const resubmit = record.unacknowledged();
    resubmitted += resubmit.length;
    const from = record.reservedBelow;
    const missing = Math.max(0, target - record.acknowledged - resubmit.length);
    const until = kill === undefined ? from + missing : null;
    const { settings, longestBacklog } = graph;
    life.tell({
      kind: "start",
      dataDirectory,
      graph: settings,
      workload,
      resubmit,
      from,
      until,
      longestBacklog,
    });
    return life;
  };

  let loadedLives = schedule.filter(isLoaded).length;
  let startMs = FIRST_GUESS_OF_START_MS;
  for (const kill of schedule) {
    const life = begin("killing", kill);
    const startedAt = life.startedAtMs;
    try {
      if (isLoaded(kill)) {
        await life.until("being ready", ({ ready }) => ready);
        startMs = performance.now() - startedAt;
      }
      // Lives that did more than their part leave less for the others.
      const part = isLoaded(kill) ? Math.max(1, Math.ceil((target - record.acknowledged) / loadedLives--)) : 0;
      await carryOutKill(kill, life, graph, { acknowledgements: part, startMs, signal });
    } finally {
      await life.kill();
    }
    done.push(kill);
    show("killing", kill.kind);
  }

  const last = begin("draining");
  try {
    await last.until("everything to have ended", ({ finished, waiting }) => finished && waiting === 0);
    await last.stop();
  } finally {
    await last.kill();
  }
  show("reading");
  return await judge({
    options,
    done,
    graph,
    acknowledgements,
    dataDirectory,
    resubmitted,
    durationSeconds: () => (performance.now() - startedAtMs) / 1_000,
  });
}
