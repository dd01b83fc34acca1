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
  switch (kind) {
    case 'instance':
    case 'volume':
      return { words: 'Protect…', to: { to: '/sources/new', search: { kind: 'ec2' } } };
    case 'bucket':
      return { words: 'Protect…', to: { to: '/sources/new', search: { kind: 's3-bucket', of: name } } };
    case 'git repository':
      return { words: 'Protect…', to: { to: '/sources/new', search: { kind: 'github' } } };
    case 'source':
      return null;
    default:
      return { words: 'Protect…', to: { to: '/sources/new', search: { kind: 'folder', of: name } } };
  }
}
