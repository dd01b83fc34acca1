/** When snapshots came into a repository that others push to: their age is judged by that wherever anything is removed. */
import type { Repository } from '../repository/repository.ts';
import type { CallContext } from './context.ts';

/** By the ids of snapshots; null of a repository that nobody pushes to here. */
export async function arrivalsIn(
  { siteServer }: Pick<CallContext, 'siteServer'>,
  { backend: { localFolder } }: Repository,
  onNotice: (text: string) => void,
): Promise<ReadonlyMap<string, number> | null> {
  const arrivals = localFolder === null ? null : await siteServer.arrivalsAt(localFolder);
  if (arrivals !== null) onNotice('Others push to this repository, so the age of a snapshot is when it came in.');
  return arrivals;
}
