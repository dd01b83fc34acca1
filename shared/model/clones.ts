/** Clones for development: what lies somewhere for a while only, and what becomes of it when its time is over. */
import { formatCount } from './units.ts';

export const cloneStates = ['making', 'ready', 'removing', 'unfinished'] as const;
/** `unfinished`: cut off while it was made, where nobody can say what of it is whose. */
export type CloneState = (typeof cloneStates)[number];

/** `changed`: somebody has worked in it. `missing`: it is not where it was made. `failed`: it could not be removed. */
export const cloneTroubles = ['changed', 'missing', 'failed'] as const;
export type CloneTrouble = (typeof cloneTroubles)[number];

export type CloneLife = {
  readonly state: CloneState;
  /** Epoch milliseconds. */
  readonly expiresAtMs: number;
  /** When it was tried last, and why it is still there. */
  readonly trouble: { readonly kind: CloneTrouble; readonly atMs: number } | null;
};

/** `clear`: what was begun and nobody is at any more goes. */
export type CloneStep = 'none' | 'clear' | 'remove';

/** One that could not be removed is looked at again after this time: whoever has worked in it may have moved it by then. */
export const tryAgainMs = 6 * 3_600_000;
export const longestLifeMs = 5 * 366 * 86_400_000;

/** What is to be done with one that nobody is at now. */
export function cloneStep({ state, expiresAtMs, trouble }: CloneLife, nowMs: number): CloneStep {
  // A clock that was ahead does not hold it up.
  const waits = trouble !== null && trouble.atMs <= nowMs && nowMs - trouble.atMs < tryAgainMs;
  switch (state) {
    case 'making':
      return waits ? 'none' : 'clear';
    case 'removing':
      return waits ? 'none' : 'remove';
    case 'unfinished':
      return 'none';
    case 'ready':
      return expiresAtMs > nowMs || waits ? 'none' : 'remove';
  }
}

/** A folder beside the target, where a clone is made before it appears whole. Both are absolute paths. */
export function stagingOf(target: string, id: string): string {
  const at = target.lastIndexOf('/');
  return `${target.slice(0, at + 1)}.holdfast-clone-${id}`;
}

export function troubleWords(kind: CloneTrouble, count: number): string {
  switch (kind) {
    case 'changed':
      return `${formatCount(count)} ${count === 1 ? 'thing in it was' : 'things in it were'} changed or added since it was made, so it was not removed.`;
    case 'missing':
      return 'It is not where it was made: moved, unmounted, or removed by somebody.';
    case 'failed':
      return 'It could not be removed.';
  }
}

/** Of one below a prefix. */
export const cutOffWords =
  'It was cut off while it was made: what of it lies there is removed with all that is below its prefix.';

/** Whether two absolute paths are the same, or the first lies in the second. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}
