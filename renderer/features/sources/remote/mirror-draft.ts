/** What every source that lies elsewhere has: what is fetched of a repository, and where its mirror lies. Pure. */
import { isPlainPath } from '../../../../shared/model/configuration.ts';
import { verifyEveryDays } from '../../../../shared/model/mirror-checks.ts';
import type { SourceException } from '../../../../shared/model/source-exceptions.ts';
import { plainPath } from '../../../components/source-draft.ts';

export type MirrorDraft = {
  readonly lfs: boolean;
  readonly pullRefs: boolean;
  /** Empty: the usual folder. */
  readonly mirrors: string;
  /** Empty: the name that is suggested. */
  readonly name: string;
  /** Kept as they are: they are changed where profiles are given. */
  readonly tags: readonly string[];
  readonly rpoMs: number | null;
  /** As it is typed in a command: how old the last full check of a mirror may get. */
  readonly verifyEveryDays: number;
  readonly exceptions: readonly SourceException[];
};

export const emptyMirror: MirrorDraft = {
  lfs: true,
  pullRefs: false,
  mirrors: '',
  name: '',
  tags: [],
  rpoMs: null,
  verifyEveryDays: verifyEveryDays.usual,
  exceptions: [],
};

export function mirrorsFault(text: string): string | null {
  if (text.trim() === '') return null;
  const path = plainPath(text);
  return path.startsWith('/') && isPlainPath(path) ? null : 'A path begins with / and has no “.” and “..” in it.';
}

export function mirrorsOf({ mirrors }: Pick<MirrorDraft, 'mirrors'>): string | null {
  return mirrors.trim() === '' ? null : plainPath(mirrors);
}
