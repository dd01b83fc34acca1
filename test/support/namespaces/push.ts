/** Copies all snapshots of a repository to a site, as a process of its own. Arguments: JSON with where from and where to. */
import { withRetry, networkPolicy } from '../../../electron/engine/repository/backend/retry.ts';
import { RestBackend } from '../../../electron/engine/repository/backend/rest/rest.ts';
import { copySnapshots } from '../../../electron/engine/repository/copy/copy-snapshots.ts';
import { openRepository } from '../../../electron/engine/repository/repository.ts';
import { openKnown, storedNames, upkeepPassword } from '../upkeep-repository.ts';

export type Push = {
  readonly from: string;
  readonly url: string;
  readonly password: string;
  readonly fingerprint: string;
  readonly bytesPerSecond: number;
};

const { from, url, password, fingerprint, bytesPerSecond } = JSON.parse(process.argv[2] ?? '') as Push;
const access = { user: 'office', password: () => Promise.resolve(password), fingerprint, authority: null };
const { outcomes } = await copySnapshots({
  from: await openKnown(from),
  to: await openRepository(withRetry(new RestBackend({ url, ...access }), networkPolicy), upkeepPassword),
  snapshots: storedNames(from, 'snapshots'),
  signal: new AbortController().signal,
  onProgress: () => undefined,
  onSnapshot: () => undefined,
  onNotice: () => undefined,
  throttle: () => bytesPerSecond,
});
process.stdout.write(`${JSON.stringify(outcomes.map(({ state }) => state))}\n`);
