/** The planning thread of a restore: the walk, with its lines to the main thread and to the data threads. */
import { parentPort, type MessagePort } from 'node:worker_threads';
import { toHoldfastError } from '../../../shared/model/errors.ts';
import { displayRaw, type RawPath } from '../platform/raw-path.ts';
import { threadData } from '../platform/threads.ts';
import { BlobCodec } from '../repository/blob-codec.ts';
import { BlobIndex } from '../repository/blob-index.ts';
import { BlobReader } from '../repository/blob-reader.ts';
import { rangeLoader } from '../repository/range-channel.ts';
import { asideName } from './aside.ts';
import { DataClient } from './data-client.ts';
import { openJournal } from './restore-journal.ts';
import type { PlannedEntry, PlanMessage, PlanWorkerData } from './restore-protocol.ts';
import { RestoreWalk } from './restore-walk.ts';
import { LedgerWriter, readLedger } from './runs/ledger.ts';

const progressEveryMs = 100;
const plannedBatch = 500;

const {
  key,
  version,
  index: shared,
  rangePort,
  dataPorts,
  selections,
  target,
  overwrite,
  mode,
  ledger: ledgerOf,
  journal,
} = threadData() as PlanWorkerData;
const port = parentPort as unknown as MessagePort;
const say = (message: PlanMessage): void => port.postMessage(message);
const index = BlobIndex.attach(shared);
const reader = new BlobReader(new BlobCodec(key, version), index, rangeLoader(rangePort));
const data = new DataClient(dataPorts);
const ledger = ledgerOf === null || mode !== 'write' ? null : new LedgerWriter(ledgerOf.path);

let saidAt = 0;
let latest: { readonly items: number; readonly path: RawPath } | null = null;
let planned: PlannedEntry[] = [];
const walk = new RestoreWalk(
  {
    index,
    reader,
    data,
    journal: openJournal(journal),
    ledger,
    leftOut: mode === 'compare' && ledgerOf !== null ? readLedger(ledgerOf.path).leftOut : new Set(),
    onIssue: (path, code, message) => say({ type: 'issue', issue: { path: displayRaw(path), code, message } }),
    onConflict: (path, action) => say({ type: 'conflict', path: displayRaw(path), action }),
    onPlanned: (entry) => {
      planned.push(entry);
      if (planned.length >= plannedBatch) sayPlanned();
    },
    onItem: (items, path) => {
      latest = { items, path };
      if ((items & 63) === 0) sayProgress();
    },
  },
  { target, overwrite, mode, aside: ledgerOf === null ? null : asideName(ledgerOf.run) },
);

function sayProgress(): void {
  const now = Date.now();
  if (latest === null || now - saidAt < progressEveryMs) return;
  saidAt = now;
  say({ type: 'progress', items: latest.items, currentItem: displayRaw(latest.path) });
}

function sayPlanned(): void {
  if (planned.length > 0) say({ type: 'planned', entries: planned });
  planned = [];
}

// The walk says nothing while it waits for the threads that write: a large file may take hours.
const ticker = setInterval(sayProgress, progressEveryMs);
try {
  await walk.run(selections);
  sayPlanned();
  ledger?.close();
  say({ type: 'finished', counts: walk.counts });
} catch (error) {
  const { code, message } = toHoldfastError(error);
  say({ type: 'failed', code, message });
}
clearInterval(ticker);
rangePort.close();
data.close();
