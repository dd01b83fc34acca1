/** The planning thread of a restore: the walk, with its lines to the main thread and to the data threads. */
import type { MessagePort } from 'node:worker_threads';
import { HoldfastError, toHoldfastError } from '../../../shared/model/errors.ts';
import { formatBytes } from '../../../shared/model/units.ts';
import { serveLent, type Ending } from '../platform/lent-threads.ts';
import { displayRaw, type RawPath } from '../platform/raw-path.ts';
import { BlobCodec } from '../repository/blob-codec.ts';
import { BlobIndex } from '../repository/blob-index.ts';
import { BlobReader } from '../repository/blob-reader.ts';
import { endingWith } from '../repository/lent-ending.ts';
import { rangeLoader } from '../repository/range-channel.ts';
import { asideName } from './aside.ts';
import { DataClient } from './data-client.ts';
import { measure } from './measure.ts';
import { openJournal } from './restore-journal.ts';
import type { PlannedEntry, PlanMessage, PlanRequest, PlanWorkerData } from './restore-protocol.ts';
import { RestoreWalk } from './restore-walk.ts';
import type { LedgerWriter } from './runs/ledger.ts';

const progressEveryMs = 100;
const plannedBatch = 500;
const batchesAhead = 4;

serveLent((data: PlanWorkerData, port) => {
  let ending: Ending | null = null;
  const work = async (): Promise<void> => {
    ending = await plan(data, port);
  };
  void work();
  return () => ending?.() ?? 'ends';
});

/** Resolves when the restore is through, well or not, and that has been said. */
async function plan(
  {
    key,
    version,
    index: shared,
    rangePort,
    dataPorts,
    selections,
    target,
    overwrite,
    mode,
    basis,
    sealed,
    forbidden,
    ledger: ledgerOf,
    journal,
    measures,
    roomBytes,
  }: PlanWorkerData,
  port: MessagePort,
): Promise<Ending> {
  const say = (message: PlanMessage): void => port.postMessage(message);
  const index = BlobIndex.attach(shared);
  const load = rangeLoader(rangePort);
  const codec = new BlobCodec(key, version);
  const reader = new BlobReader(codec, index, load, load.rescue);
  const data = new DataClient(dataPorts);
  const { ledger, leftOut } = await openLedger(ledgerOf, mode);

  let saidAt = 0;
  let latest: { readonly items: number; readonly path: RawPath } | null = null;
  let planned: PlannedEntry[] = [];
  let untaken = 0;
  let room = Promise.withResolvers<void>();
  const sayProgress = (): void => {
    const now = Date.now();
    if (latest === null || now - saidAt < progressEveryMs) return;
    saidAt = now;
    say({ type: 'progress', items: latest.items, currentItem: displayRaw(latest.path) });
  };

  const sayPlanned = (): void => {
    if (planned.length === 0) return;
    say({ type: 'planned', entries: planned });
    untaken += 1;
    planned = [];
  };

  port.on('message', (_request: PlanRequest) => {
    untaken -= 1;
    room.resolve();
    room = Promise.withResolvers();
  });
  const walk = new RestoreWalk(
    {
      index,
      reader,
      data,
      journal: openJournal(journal),
      ledger,
      leftOut,
      onIssue: (path, code, message) => say({ type: 'issue', issue: { path: displayRaw(path), code, message } }),
      onConflict: (path, action) => say({ type: 'conflict', path: displayRaw(path), action }),
      onPlanned: (entry) => {
        planned.push(entry);
        if (planned.length >= plannedBatch) sayPlanned();
      },
      room: () => (untaken < batchesAhead ? null : room.promise),
      onItem: (items, path) => {
        latest = { items, path };
        if ((items & 63) === 0) sayProgress();
      },
    },
    {
      target,
      overwrite,
      mode,
      aside: ledgerOf === null ? null : asideName(ledgerOf.run),
      basis,
      sealed,
      forbidden: new Set(forbidden),
    },
  );

  /** What cannot be read is named by the walk, when it gets there; then there is no total. */
  const sayAmount = async (): Promise<void> => {
    const amount = await measure(index, reader, selections).catch(() => null);
    if (amount === null) return;
    const { items, bytes, leastBytes } = amount;
    if (roomBytes !== null && leastBytes > roomBytes) {
      const text = `${formatBytes(leastBytes)} at least are to be written, and ${formatBytes(roomBytes)} are free.`;
      throw new HoldfastError('TARGET_TOO_SMALL', text);
    }
    say({ type: 'measured', items, bytes });
  };

  // The walk says nothing while it waits for the threads that write: a large file may take hours.
  const ticker = setInterval(sayProgress, progressEveryMs);
  let last: PlanMessage;
  try {
    if (measures) await sayAmount();
    await walk.run(selections);
    sayPlanned();
    ledger?.close();
    last = { type: 'finished', counts: walk.counts };
  } catch (error) {
    const { code, message } = toHoldfastError(error);
    last = { type: 'failed', code, message };
  }
  clearInterval(ticker);
  rangePort.close();
  data.close();
  say(last);
  return () => endingWith(index, codec);
}

/** A restore that is not part of a run has none, and starts sooner without what reads one. */
async function openLedger(
  ledgerOf: PlanWorkerData['ledger'],
  mode: PlanWorkerData['mode'],
): Promise<{
  readonly ledger: LedgerWriter | null;
  readonly leftOut: ReadonlySet<RawPath>;
}> {
  if (ledgerOf === null || mode === 'plan') return { ledger: null, leftOut: new Set() };
  const ledgers = await import('./runs/ledger.ts');
  if (mode === 'compare') return { ledger: null, leftOut: ledgers.readLedger(ledgerOf.path).leftOut };
  return { ledger: new ledgers.LedgerWriter(ledgerOf.path), leftOut: new Set() };
}
