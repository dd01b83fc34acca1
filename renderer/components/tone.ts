/** What states mean, in the few tones a screen has: each has a colour, and a sign for those who do not see it. */
import type { RunStatus } from '../../shared/contract/common.ts';
import type { JobState } from '../../shared/model/job-states.ts';

export type Tone = 'good' | 'part' | 'miss' | 'fail' | 'run' | 'none';

export const signs: Readonly<Record<Tone, string>> = {
  good: '✓',
  part: '!',
  miss: '∅',
  fail: '✕',
  run: '▸',
  none: '○',
};

export type Said = { readonly tone: Tone; readonly words: string };

const ofJobs: Readonly<Record<JobState, Said>> = {
  queued: { tone: 'none', words: 'waiting' },
  running: { tone: 'run', words: 'running' },
  cancelling: { tone: 'part', words: 'stopping' },
  done: { tone: 'good', words: 'done' },
  partial: { tone: 'part', words: 'partial' },
  failed: { tone: 'fail', words: 'failed' },
  cancelled: { tone: 'none', words: 'cancelled' },
  interrupted: { tone: 'miss', words: 'interrupted' },
};

export function sayJobState(state: JobState): Said {
  return ofJobs[state];
}

const ofRuns: Readonly<Record<RunStatus | 'unknown', Said>> = {
  complete: { tone: 'good', words: 'complete' },
  completeWithExceptions: { tone: 'good', words: 'complete with exceptions' },
  partial: { tone: 'part', words: 'partial' },
  pending: { tone: 'none', words: 'waits for AWS' },
  // Restic says nothing of this; such a snapshot counts as complete.
  unknown: { tone: 'good', words: 'not stated' },
};

export function sayRunStatus(status: RunStatus | 'unknown'): Said {
  return ofRuns[status];
}

const kinds: Readonly<Record<string, string>> = {
  protect: 'Protection',
  system: 'System snapshot',
  restore: 'Restore',
  plan: 'Recovery plan',
  check: 'Check',
  prune: 'Prune',
  forget: 'Expiry',
  expire: 'Expiry',
  index: 'Indexing',
  'rebuild-catalog': 'Catalog',
  'repair-index': 'Index repair',
  sync: 'Sync',
  standby: 'Standby',
  fetch: 'Fetch back',
  thaw: 'Thaw',
  scrub: 'Scrub',
  repair: 'Repair',
  drill: 'Drill',
  failover: 'Move',
  'hold-on': 'Locks',
  image: 'Image',
  native: 'Native snapshots',
  offer: 'Offer',
  reports: 'Reports',
  immutability: 'Lock test',
  'restore undo': 'Undo',
  'git restore': 'Git restore',
  'git restore plan': 'Git restore plan',
};

/** What kind of job, as a word for people. */
export function sayJobKind(kind: string): string {
  return kinds[kind] ?? `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
}
