/** Fetches an organisation's mirrors into a folder, by the same code as a run, and takes no snapshot. */
import { nothingInSnapshots } from '../../support/no-snapshots.ts';
import { everyRepository } from '../../../shared/model/github-filters.ts';
import { githubSource } from '../../../electron/engine/sources/github/github-source.ts';
import { unheld } from '../../support/unheld.ts';

const [root = '', api = ''] = process.argv.slice(2);
const source = githubSource({
  name: 'acme',
  owner: 'acme',
  api,
  credential: { kind: 'token', token: process.env['TOKEN'] ?? '' },
  filters: everyRepository,
  // What `git clone --mirror` does not fetch either.
  parts: { wiki: false, lfs: false, pullRefs: false, issues: false, releases: false },
  verifyEveryMs: 7 * 24 * 3_600_000,
  exceptions: [],
});
await source.prepare({
  hold: unheld,
  root,
  signal: new AbortController().signal,
  nowMs: () => Date.now(),
  onProgress: () => undefined,
  onIssue: ({ path, message }) => {
    throw new Error(`${path}: ${message}`);
  },
  onFinding: () => undefined,
  onNotice: () => undefined,
  log: () => undefined,
  inSnapshots: nothingInSnapshots,
});
