/** What the console's own configuration may hold: names, sizes, and the settings there are. */
import { parseImpactRules } from './impact.ts';
import { parseBudgets } from './storage.ts';

/** So that a configuration can be held, shown and written at once, whoever wrote it. */
export const configurationLimits = {
  sources: 2_000,
  holds: 10_000,
  cases: 500,
  settings: 1_000,
  credentials: 1_000,
  /** Of one source. */
  paths: 1_000,
  excludes: 1_000,
  tags: 50,
  awsAccounts: 200,
  profiles: 200,
  assignments: 5_000,
  sites: 200,
  syncRules: 2_000,
  standbys: 500,
  plans: 200,
  subscriptions: 200,
  /** Of one plan. */
  planVersions: 20,
  textLength: 4_096,
  reasonLength: 1_000,
} as const;

/** Letters and digits of any script, and a few signs between them: never a path, never markup. */
export const namePattern = /^[\p{L}\p{N}](?:[\p{L}\p{N} ._@+-]{0,98}[\p{L}\p{N}._@+-])?$/u;

export const settingTypes = ['text', 'number', 'boolean'] as const;

type SettingEntry = {
  readonly type: (typeof settingTypes)[number];
  readonly description: string;
  /** What is wrong with a text, in a sentence; null: nothing. */
  readonly check?: (text: string) => string | null;
};

/** Every setting that can be set; one that a newer version wrote is kept as it is. */
export const settingCatalog: Readonly<Record<string, SettingEntry>> = {
  'console.name': {
    type: 'text',
    description: 'how this console is called where the configurations of several lie in one repository',
  },
  'recovery.contacts': {
    type: 'text',
    description: 'who can be asked on a bad day, for the recovery kit: names and numbers, separated by semicolons',
  },
  'api.per-minute': {
    type: 'number',
    description:
      'how many requests one browser or API token may make a minute (3000), a quarter of them at once; 0: as many as it likes',
  },
  'prune.days': {
    type: 'number',
    description: 'how often the space of removed snapshots is given back, in days (7); 0: never by itself',
  },
  'prune.bytes': {
    type: 'number',
    description: 'bytes that giving space back may copy at a time (21474836480); the rest follows on the next day',
  },
  'site.silent-hours': {
    type: 'number',
    description:
      'after how many hours without a visit an alert says that somebody who pushes to this site is silent (72); 0: never',
  },
  'scrub.days': {
    type: 'number',
    description: 'within how many days every stored byte is read again (30); 0: never by itself',
  },
  'scrub.paid-bytes': {
    type: 'number',
    description: 'bytes a month that reading again may take where downloads cost, as in S3 (21474836480)',
  },
  'locks.files': {
    type: 'number',
    description: 'how many files one look asks a store about whose locks may end; the rest follows hours later (20000)',
  },
  'storage.budgets': {
    type: 'text',
    description:
      'how much repositories and sites may take, where their place does not say it: "nas 2TiB; offsite 500GiB"',
    check: (text) => {
      const parsed = parseBudgets(text);
      return 'problem' in parsed ? parsed.problem : null;
    },
  },
  'repair.automatic': {
    type: 'boolean',
    description: 'whether damage that is found is repaired by itself from what is intact elsewhere (true)',
  },
  'drills.folder': {
    type: 'text',
    description: 'the folder in which drills put what they bring back, and nothing else lies; else one in the home',
    check: (text) => (isPlainPath(text) ? null : 'A folder is an absolute path without . and ..'),
  },
  'drills.bucket': {
    type: 'text',
    description:
      'a bucket into which drills may put objects below holdfast-drill/, as bucket or account/bucket; else they go to a folder',
    check: (text) =>
      /^(?:[^/]+\/)?[a-z0-9][a-z0-9.-]{2,62}$/.test(text) ? null : 'It is written as bucket, or as account/bucket.',
  },
  'drills.account': {
    type: 'text',
    description: 'the AWS account by which drills launch isolated instances; else that of the source',
  },
  'systems.hold-seconds': {
    type: 'number',
    description: 'for how many seconds the sources of a system snapshot may all be held still at most (60)',
  },
  'impact.limits': {
    type: 'text',
    description:
      'how much runs may take, and when: "mon-fri 08:00-18:00 cpu 25% read 20MiB/s; busy cpu 10%; battery cpu 50%"',
    check: (text) => {
      const parsed = parseImpactRules(text);
      return 'problem' in parsed ? parsed.problem : null;
    },
  },
};

/** Whether a path is absolute and says where it leads: no `.`, no `..`, no doubled or trailing slash, no NUL. */
export function isPlainPath(path: string): boolean {
  if (path === '/') return true;
  if (!path.startsWith('/') || path.includes('\0')) return false;
  return path
    .slice(1)
    .split('/')
    .every((name) => name !== '' && name !== '.' && name !== '..');
}
