/** By what a gap is put aside. */
import type { Unguarded } from '../../../../shared/model/reports/gaps.ts';
import type { FoundPlace } from '../../sources/folder/unprotected-protocol.ts';

export function placeGap({ kind, path }: Pick<FoundPlace, 'kind' | 'path'>): string {
  return `${kind}:${path}`;
}

export function outsideGap({ kind, name, where }: Pick<Unguarded, 'kind' | 'name' | 'where'>): string {
  return `${kind}:${where}:${name}`;
}
