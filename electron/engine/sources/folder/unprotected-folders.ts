/** Folders of this machine that no source has. Takes seconds at most, whatever does not answer. */
import type { PlaceRule } from '../../../../shared/model/unprotected-places.ts';
import { placeRules } from '../../../../shared/model/unprotected-places.ts';
import { startThread, stopThread } from '../../platform/threads.ts';
import type { FoundPlace, LookForPlaces, PlacesMessage } from './unprotected-protocol.ts';

const patienceMs = 20_000;
/** Threads that wait for a dead share cannot be ended; more of them are not started. */
const mostStuck = 4;
let leaving = 0;

export type LookedForPlaces = { readonly places: readonly FoundPlace[]; readonly notLooked: readonly string[] };

type Request = {
  readonly protectedPaths: readonly string[];
  readonly leftOut: readonly string[];
  readonly signal?: AbortSignal | undefined;
  /** Those of the system that this runs on, unless a test has its own. */
  readonly rules?: readonly PlaceRule[];
};

export async function unprotectedFolders({
  protectedPaths,
  leftOut,
  signal,
  rules,
}: Request): Promise<LookedForPlaces> {
  signal?.throwIfAborted();
  if (leaving >= mostStuck) return { places: [], notLooked: ['This machine does not answer about its folders.'] };
  const data: LookForPlaces = {
    platform: process.platform,
    rules: rules ?? placeRules(process.platform),
    protectedPaths,
    leftOut,
  };
  const worker = startThread(new URL('./unprotected-worker.ts', import.meta.url), {
    data,
    resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 8 },
  });
  const places: FoundPlace[] = [];
  const notLooked: string[] = [];
  const done = Promise.withResolvers<void>();
  const giveUp = (why: string) => (): void => {
    notLooked.push(why);
    done.resolve();
  };
  const timer = setTimeout(
    giveUp('Something on this machine does not answer: not all of it was looked at.'),
    patienceMs,
  );
  worker.on('message', (message: PlacesMessage) => {
    if (message.type === 'place') places.push(message.place);
    else if (message.type === 'not looked') notLooked.push(message.why);
    else done.resolve();
  });
  worker.on('error', giveUp('Folders of this machine could not be looked at.'));
  worker.on('exit', () => done.resolve());
  const leave = (): void => done.reject(signal?.reason);
  signal?.addEventListener('abort', leave, { once: true });
  try {
    await done.promise;
    return { places: [...places], notLooked: [...notLooked] };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', leave);
    worker.unref();
    leaving += 1;
    void stopThread(worker).finally(() => {
      leaving -= 1;
    });
  }
}
