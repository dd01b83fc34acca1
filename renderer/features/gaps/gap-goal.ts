/** Where a gap is closed. */
import type { Gap } from '../../../shared/contract/gaps.ts';

type Goal = {
  readonly words: string;
  readonly to:
    | { readonly to: '/sources/$source'; readonly params: { readonly source: string } }
    | { readonly to: '/sources/new'; readonly search: { readonly kind: string; readonly of?: string } };
};

export function goalOf({ kind, name, source }: Gap): Goal | null {
  if (source !== null) return { words: 'Look at the source', to: { to: '/sources/$source', params: { source } } };
  if (kind === 'source') return null;
  return { words: 'Protect…', to: { to: '/sources/new', search: newSource(kind, name) } };
}

/** Folders, disks and shares are all kept as folders. */
function newSource(kind: Gap['kind'], name: string): { readonly kind: string; readonly of?: string } {
  if (kind === 'instance' || kind === 'volume') return { kind: 'ec2' };
  if (kind === 'bucket') return { kind: 's3-bucket', of: name };
  return kind === 'git repository' ? { kind: 'github' } : { kind: 'folder', of: name };
}
