/** Snapshots whose time is over, and that stay only because the store lets nobody remove them yet: they are let go. */
import type { CallContext } from './context.ts';

type Scope = Pick<CallContext, 'catalog' | 'caller'>;

const markOf = (repository: string): { readonly name: string } => ({ name: `let-go ${repository}` });

/** Ids in the repository with this id. What only they need is not held on to. */
export async function letGo({ catalog, caller }: Scope, repository: string): Promise<ReadonlySet<string>> {
  const value = await catalog.read('marks.get', caller, markOf(repository));
  return new Set(value === null ? [] : (JSON.parse(value) as string[]));
}

/** Those that were to be removed and are kept, and those that are gone now. */
export async function noteLetGo(
  scope: Scope,
  repository: string,
  { kept, removed }: { readonly kept: Iterable<string>; readonly removed: readonly string[] },
): Promise<void> {
  const before = await letGo(scope, repository);
  const now = new Set([...before, ...kept]);
  for (const id of removed) now.delete(id);
  if (now.size === before.size && [...now].every((id) => before.has(id))) return;
  await scope.catalog.write('marks.set', scope.caller, { ...markOf(repository), value: JSON.stringify([...now]) });
}
