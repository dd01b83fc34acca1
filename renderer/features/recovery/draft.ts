/** A restore while it is put together: what, from when, to where. Pure. */
import type { GuideStep } from './run-words.ts';
import type { BasketItem } from '../../client/basket.ts';
import type { ChosenPlace } from './points/places-field.tsx';

export type Draft = {
  readonly items: readonly BasketItem[];
  /** Null: the original place. */
  readonly target: string | null;
  readonly overwrite: 'never' | 'if-changed' | 'always';
  readonly verify: boolean;
  /** Of the original place: a snapshot of what is there is taken before anything is written. */
  readonly protectFirst?: boolean;
  /** Where it is read from; without it, where it was chosen. */
  readonly from?: ChosenPlace | null;
};

/** Where it was put together before the guide: in the basket, or shown as belonging together; null: in the guide itself. */
export type Origin = 'basket' | 'together' | null;

/** As an address says it. */
export function originOf(text: string | undefined): Origin {
  if (text === undefined) return null;
  return text === 'together' ? 'together' : 'basket';
}

/** What could go wrong from this step on, what would be overwritten, and how to go back. */
export function risksOf({ target, overwrite, verify }: Draft, step: GuideStep): readonly string[] {
  if (step === 'What' || step === 'When') {
    return [
      'Nothing is written yet: these steps only choose. Any of them can be gone back to.',
      'What changed after the snapshot was taken is not in it. A later snapshot may have it.',
    ];
  }
  const overwritten =
    overwrite === 'never'
      ? 'No file that is there already is overwritten.'
      : overwrite === 'always'
        ? 'Files that are there already under the same names are overwritten; each is kept aside until the run is closed.'
        : 'Files that are there already and differ are overwritten; each is kept aside until the run is closed.';
  return [
    step === 'Where'
      ? 'Nothing is written yet. The preflight measures the free space and lists what is in the way.'
      : 'Nothing is written before the restore is started.',
    overwritten,
    ...(target === null ? ['Programs that use these files see them change while the restore runs.'] : []),
    ...(verify ? [] : ['Without reading back nobody knows whether the target stored it rightly.']),
    'A running restore can be paused or stopped. Undo removes what it made and puts back what it replaced, until the run is closed.',
  ];
}

/** Items of one repository: a run restores from one. */
export function repositoriesOf(items: readonly BasketItem[]): readonly string[] {
  return [...new Set(items.map(({ repository }) => repository))];
}

/** `restored/papers-2026-11-25` below the home folder, for a restore that is in nobody's way. */
export function proposedTarget(home: string, items: readonly BasketItem[], nowMs: number): string {
  const sources = [...new Set(items.map(({ source }) => source))];
  const name = sources.length === 1 ? (sources[0] ?? '').split('/').filter(Boolean).at(-1) : 'several-sources';
  const plain = (name ?? 'files').replaceAll(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 60) || 'files';
  const day = new Date(nowMs).toISOString().slice(0, 10);
  return `${home === '/' ? '' : home}/restored/${plain}-${day}`;
}

/** Into the repository that is read from, so not where that is a site. */
export function protectsFirst({ target, from, protectFirst = false }: Omit<Draft, 'items'>): boolean {
  return protectFirst && target === null && from?.isSite !== true;
}

/** What keeps a place from being used; null where nothing does. */
export function targetFault(target: string | null): string | null {
  if (target === null) return null;
  if (target.trim() === '') return 'Choose a folder.';
  if (!target.startsWith('/') && !/^[A-Za-z]:[\\/]/.test(target))
    return 'The folder has to be given by its whole path.';
  if (target.split('/').includes('..')) return 'The path must not go upwards with “..”.';
  return null;
}

/** The one repository that all of it is read from; null where it lies in several, and no place was chosen that holds all. */
export function readFrom({ items, from }: Draft): string | null {
  if (from && items.every(({ snapshot }) => snapshot in from.snapshots)) return from.connection;
  const [only, ...others] = repositoriesOf(items);
  return only === undefined || others.length > 0 ? null : only;
}

/** As `restoreRuns.preview` and `create` take it. */
export function requestOf(draft: Draft, repository: string) {
  const named = draft.from?.connection === repository ? draft.from.snapshots : {};
  return {
    repository: { id: repository },
    selections: draft.items.map(({ snapshot, path }) => ({ snapshot: named[snapshot] ?? snapshot, path })),
    target: draft.target,
    overwrite: draft.overwrite,
    verify: draft.verify,
    ...(protectsFirst(draft) ? { protectFirst: true } : {}),
  };
}

/** The same on the command line. */
export function commandOf(draft: Draft, location: string): readonly string[] {
  const places = draft.items.map(({ snapshot, path }) =>
    path === '/' ? snapshot.slice(0, 8) : `${snapshot.slice(0, 8)}:${path}`,
  );
  return [
    'holdfast',
    'restore',
    ...places,
    ...(draft.target === null ? ['--in-place'] : ['--to', draft.target]),
    ...(draft.overwrite === 'never' ? [] : ['--overwrite', draft.overwrite]),
    ...(draft.verify ? [] : ['--no-verify']),
    ...(protectsFirst(draft) ? ['--protect-first'] : []),
    ...(draft.from?.isSite === true ? ['--from', draft.from.name] : []),
    '--repository',
    location,
  ];
}
