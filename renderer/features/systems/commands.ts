/** What the command line does for a system snapshot. Pure. */
import type { BasketItem } from '../../client/basket.ts';

/** `names` is null where all registered sources are meant. */
export function takeCommand(
  names: readonly string[] | null,
  { description, hold }: { readonly description: string; readonly hold: string },
  location: string | undefined,
): readonly string[] {
  return [
    'holdfast',
    'system',
    'take',
    ...(names ?? []),
    ...(description === '' ? [] : ['--description', description]),
    ...(hold === '' ? [] : ['--hold', hold]),
    ...repositoryOption(location),
  ];
}

export function restoreCommand(items: readonly BasketItem[], location: string | undefined): readonly string[] {
  const ids = items.map(({ snapshot }) => snapshot.slice(0, 8));
  return ['holdfast', 'restore', ...ids, '--to', '<folder>', ...repositoryOption(location)];
}

function repositoryOption(location: string | undefined): readonly string[] {
  return location === undefined ? [] : ['--repository', location];
}
