/** A clone while it is put together, as what is asked of the engine, and as a command. Pure. */
import type { NewClone } from '../../../shared/contract/clones.ts';

export type Draft = {
  readonly source: string;
  /** The kind of the source; empty while none is chosen. */
  readonly kind: string;
  /** An id, or `latest`. */
  readonly snapshot: string;
  /** What of it; empty: all. Of Git: `owner/name`; of a bucket: what keys begin with. */
  readonly path: string;
  readonly place: string;
  readonly isBare: boolean;
  readonly days: number;
};

export const lifetimes = [1, 3, 7, 14, 30, 90] as const;

export const isGit = ({ kind }: Draft): boolean => kind === 'git' || kind === 'github';

/** Why it cannot be asked for yet; null: it can. */
export function faultOf(draft: Draft): string | null {
  if (draft.source === '' || draft.place === '') return 'Say of what, and where.';
  if (draft.kind === 's3-bucket')
    return /^s3:\/\/[^/]+\/[^/].*\/$/.test(draft.place) ? null : 'A prefix of its own: s3://bucket/prefix/';
  return draft.place.startsWith('/') ? null : 'A whole path, which begins with a slash.';
}

export function inputOf(draft: Draft): NewClone {
  const { source, snapshot, path, place } = draft;
  const of = snapshot === 'latest' ? { source } : {};
  const selection = path === '' || path === '/' ? snapshot : `${snapshot}:${path}`;
  if (draft.kind === 's3-bucket') {
    const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/(.*)$/s.exec(place) ?? [];
    return { kind: 'bucket', selection, bucket, prefix, ...of };
  }
  if (!isGit(draft)) return { kind: 'folder', selections: [selection], target: place, ...of };
  const paths = path === '' || path === '/' ? null : [path];
  return { kind: 'git', snapshot, paths, as: draft.isBare ? 'bare' : 'checkout', target: place, ...of };
}

export function commandOf(draft: Draft): string[] {
  const { source, snapshot, path, place, days } = draft;
  const of = snapshot === 'latest' ? ['--source', source || 'SOURCE'] : [];
  const clone = ['--clone', '--expires', `${days}d`];
  const where = place || 'PLACE';
  if (isGit(draft)) {
    const what = path === '' || path === '/' ? '--all' : path;
    return [
      'holdfast',
      'git',
      'restore',
      snapshot,
      what,
      ...of,
      draft.isBare ? '--to-bare' : '--to-checkout',
      where,
      ...clone,
    ];
  }
  const what = path === '' || path === '/' ? snapshot : `${snapshot}:${path}`;
  return ['holdfast', 'restore', what, ...of, draft.kind === 's3-bucket' ? '--to-bucket' : '--to', where, ...clone];
}
