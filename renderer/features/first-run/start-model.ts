/** The questions of a first start without their looks: what is asked, what may be gone on with, what is suggested. */
import { kindOf } from '../../components/place-draft.ts';
import type { Place } from '../../../shared/contract/repositories.ts';
import type { Step } from '../../components/step-rail.tsx';

export const startSteps = [
  { id: 'where', label: 'Where to keep snapshots' },
  { id: 'password', label: 'Password' },
  { id: 'what', label: 'What to protect' },
  { id: 'often', label: 'How often' },
  { id: 'run', label: 'First snapshot' },
] as const;

export type StartStep = (typeof startSteps)[number]['id'];

export function railOf(active: StartStep, over: boolean): readonly Step<StartStep>[] {
  const at = startSteps.findIndex(({ id }) => id === active);
  return startSteps.map(({ id, label }, index) => ({
    id,
    label,
    state: index < at || (over && index === at) ? 'done' : index === at ? 'active' : 'todo',
  }));
}

export function stepAfter(step: StartStep, by: 1 | -1): StartStep {
  const at = startSteps.findIndex(({ id }) => id === step);
  return startSteps[Math.max(0, Math.min(startSteps.length - 1, at + by))]?.id ?? step;
}

/** What was made on the way, so that a second try does not make it twice. */
export type Made = {
  /** Id of the connection. */
  readonly repository: string | null;
  readonly source: string | null;
  readonly job: string | null;
};

/** Once the repository is there, its place and password are settled. */
export function mayGoTo(step: StartStep, made: Made): boolean {
  if (made.job !== null) return false;
  if (made.repository !== null && (step === 'where' || step === 'password')) return false;
  return !(made.source !== null && step === 'what');
}

type PlaceOfMachine = { readonly name: string; readonly path: string; readonly freeBytes: number | null };

/** Where people mount disks and shares; whatever else is mounted (as /boot/efi) belongs to the system. */
const mountRoots = ['/media/', '/run/media/', '/mnt/', '/Volumes/', '/srv/', '/backup/', '/data/'];

/** The roomiest disk or share beside the home folder, as a copy beside the original dies with it; else in the home. */
export function suggestedLocation(home: string, places: readonly PlaceOfMachine[]): string {
  const others = places.filter(
    ({ path, freeBytes }) =>
      (freeBytes ?? 0) > 0 &&
      !`${home}/`.startsWith(`${path}/`) &&
      mountRoots.some((root) => `${path}/`.startsWith(root)),
  );
  const [best] = others.toSorted((a, b) => (b.freeBytes ?? 0) - (a.freeBytes ?? 0));
  return below(best?.path ?? home, 'holdfast-repository');
}

export function below(folder: string, name: string): string {
  return folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`;
}

type PlaceWords = { readonly tone: 'good' | 'part' | 'fail' | 'none'; readonly title: string; readonly words: string };

const byKind: Readonly<Record<Place['kind'], PlaceWords>> = {
  missing: { tone: 'good', title: 'A new folder is made here', words: '' },
  empty: { tone: 'good', title: 'This folder is empty', words: 'The repository is made in it.' },
  occupied: {
    tone: 'part',
    title: 'Other things lie in this folder',
    words: 'The repository would be made among them. A folder of its own is easier to tell apart and to copy.',
  },
  repository: {
    tone: 'none',
    title: 'A repository lies here already',
    words: 'It can be connected, with everything that is in it. A new one needs another folder.',
  },
  unusable: { tone: 'fail', title: 'This place cannot be used', words: '' },
};

export function sayPlace({ kind, location }: Place): PlaceWords {
  if (kind === 'empty' && kindOf(location) !== 'local')
    return { tone: 'good', title: 'No repository lies here yet', words: 'The place answers, and lets Holdfast in.' };
  return byKind[kind];
}

export function isUsable(place: Place | undefined): boolean {
  return place !== undefined && place.kind !== 'unusable' && place.kind !== 'repository';
}

/** A hint, not a rule: length is what counts against guessing. */
export function passwordHint(password: string): string {
  const words = password.trim().split(/\s+/).filter(Boolean).length;
  if (password === '') return 'Four or five random words are easy to write down and hard to guess.';
  if (password.length < 10) return 'Short: whoever gets hold of the repository could guess it.';
  if (password.length < 16 && words < 4) return 'Fair. Longer is better than more complicated.';
  return 'Long enough to resist guessing.';
}

export function passwordFault(password: string, again: string): string | null {
  if (again === '' || password === again) return null;
  return 'The two are not the same.';
}

/** The chosen path that the repository lies in and that nothing leaves it out of; null where there is none. */
export function holdsRepository(
  paths: readonly string[],
  patterns: readonly string[],
  location: string,
): string | null {
  if (patterns.includes(location)) return null;
  return paths.find((path) => location === path || location.startsWith(path === '/' ? '/' : `${path}/`)) ?? null;
}
