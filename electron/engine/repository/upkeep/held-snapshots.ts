/** Snapshots that the place of a repository lets nobody remove yet: known before anything is removed, and left. */
import type { Repository } from '../repository.ts';

const askedAtOnce = 32;

/** Of these, until when they are held, by their ids; epoch milliseconds. */
export async function heldByThePlace(
  { backend: { retention } }: Repository,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const held = new Map<string, number>();
  if (retention === undefined) return held;
  const waiting = ids.values();
  const ask = async (): Promise<void> => {
    for (const name of waiting) {
      const untilMs = await retention.heldUntilMs({ type: 'snapshots', name });
      if (untilMs !== null && untilMs > Date.now()) held.set(name, untilMs);
    }
  };
  await Promise.all(Array.from({ length: Math.min(askedAtOnce, ids.length) }, ask));
  return held;
}

export function keptWords(untilMs: number): string {
  return `kept by the store until ${new Date(untilMs).toISOString()}`;
}
