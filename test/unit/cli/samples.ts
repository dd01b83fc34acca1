/** Answers of an engine, for tests to change one thing about. */
import type { ProtectResult } from '../../../shared/contract/protection.ts';
import type { RestoreResult } from '../../../shared/contract/recovery.ts';
import type { CheckResult } from '../../../shared/contract/repository.ts';
import type { Entry, Snapshot } from '../../../shared/contract/snapshots.ts';
import type { ForgetResult, PrunePlan, PruneResult } from '../../../shared/contract/upkeep.ts';
import { id } from './harness.ts';

export const protectResult: ProtectResult = {
  snapshot: id('a'),
  parent: null,
  source: 'documents',
  status: 'complete',
  takenAt: '2026-03-04T05:06:07.000Z',
  files: { new: 12, changed: 3, unmodified: 1204 },
  folders: { new: 1, changed: 2, unmodified: 30 },
  bytes: 3 * 1024 ** 3,
  addedBytes: 2048,
  storedBytes: 1024,
  durationMs: 12_000,
  issues: [],
  items: [{ path: '/data', complete: true }],
  checkedMirrors: [],
  suspicion: null,
  consistency: null,
  consistencyProblem: null,
};

export const restoreResult: RestoreResult = {
  dryRun: false,
  target: '/target',
  files: 2,
  folders: 1,
  others: 0,
  bytes: 2048,
  writtenBytes: 1024,
  unchangedFiles: 1,
  verifiedFiles: 2,
  verifiedBytes: 2048,
  conflicts: [],
  freeBytes: 1024 ** 3,
  issues: [],
  elsewhere: [],
  durationMs: 1500,
};

export const checkResult: CheckResult = {
  snapshots: 2,
  trees: 10,
  packs: 4,
  packsRead: 0,
  bytesRead: 0,
  errors: [],
  hints: [],
};

export const snapshot: Snapshot = {
  id: id('b'),
  source: 'documents',
  takenAt: '2026-03-04T05:06:07.123456789Z',
  status: 'complete',
  tenant: 'default',
  actor: 'cli:alice',
  hostname: 'nas',
  paths: ['/data'],
  tags: ['holdfast:source=documents', 'monthly'],
  program: 'holdfast 0.1.0',
  files: 1219,
  bytes: 3 * 1024 ** 3,
  consistency: null,
  consistencyProblem: null,
  hold: null,
};

export const entry: Entry = {
  path: '/data/a',
  type: 'file',
  size: 1536,
  mode: 0o644,
  uid: 1000,
  gid: 1000,
  modifiedAt: '2026-03-04T05:06:07.5Z',
  linkTarget: null,
};

export const issue = { path: '/data/secret', code: 'NO_PERMISSION', message: 'It cannot be opened.' } as const;

export const forgetResult: ForgetResult = {
  dryRun: false,
  groups: [
    {
      source: 'documents',
      hostname: 'nas',
      paths: ['/data'],
      decisions: [
        { snapshot: id('a'), takenAt: '2026-03-04T05:06:07Z', keep: true, reasons: ['last snapshot'] },
        { snapshot: id('b'), takenAt: '2026-03-03T05:06:07Z', keep: false, reasons: ['no rule keeps it'] },
      ],
    },
  ],
  removed: [id('b')],
  unreadable: [],
  kept: 0,
};

const mib = 1024 ** 2;

export const prunePlan: PrunePlan = {
  snapshots: 2,
  used: { blobs: 40, bytes: 10 * mib },
  dead: { packs: 2, blobs: 8, bytes: 2 * mib },
  leftovers: { packs: 0, bytes: 0 },
  unfinished: { files: 0, bytes: 0 },
  missing: { packs: 0 },
  repack: { packs: 1, bytes: 3 * mib, copiedBlobs: 5, copiedBytes: 2 * mib, freedBlobs: 4, freedBytes: mib },
  duplicates: { blobs: 0, bytes: 0 },
  withinLimit: { packs: 0, bytes: 0 },
  overBudget: { packs: 1, bytes: mib / 2 },
  freedBytes: 3 * mib,
};

export const pruneResult: PruneResult = {
  dryRun: false,
  plan: prunePlan,
  removedPacks: 3,
  freedBytes: 3 * mib,
  copiedBlobs: 5,
  copiedBytes: 2 * mib,
  issues: [],
  durationMs: 1500,
};
