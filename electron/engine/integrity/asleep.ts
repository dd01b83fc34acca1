/** What of a repository lies in an archive class: how much, what it takes to read it, and asking for it. */
import type { ScrubResult } from '../../../shared/contract/integrity.ts';
import { roughly, pricesOf } from '../../../shared/model/aws-prices.ts';
import { longestThawMs, thawPrice, thawSentences, type ThawAmount } from '../../../shared/model/s3-archive.ts';
import type { ScrubFile } from '../../../shared/model/scrub.ts';
import type { FileHandle, WakeOrder } from '../repository/backend/backend.ts';
import type { Repository } from '../repository/repository.ts';
import { inParallel } from '../sources/parallel.ts';

/** Whoever does not say how fast is told of the cheapest. */
const shown: WakeOrder = { tier: 'Bulk', days: 7 };
const askedAtOnce = 16;

export type Asleep = NonNullable<ScrubResult['asleep']>;

export function describeAsleep(files: readonly ScrubFile[], order: WakeOrder = shown): Asleep | null {
  if (files.length === 0) return null;
  const amounts = amountsOf(files.filter(({ archived }) => archived?.state === 'asleep'));
  const price = thawPrice(order.tier, order.days, amounts);
  const cost = `All of that: ${roughly(price)}, by list prices of ${pricesOf} in us-east-1, beside what reading costs.`;
  return {
    files: files.length,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    waking: files.filter(({ archived }) => archived?.state === 'waking').length,
    tier: order.tier,
    words: amounts.length === 0 ? [] : [...thawSentences(order.tier, order.days, amounts), cost],
    dollars: price.dollars,
    waitMs: Math.max(0, ...amounts.map(({ storageClass }) => longestThawMs(storageClass, order.tier) ?? 0)),
  };
}

/** Asks for each once. Throws what the place says where it refuses one. */
export async function wake(
  { backend }: Repository,
  files: readonly ScrubFile[],
  order: WakeOrder,
  signal: AbortSignal,
): Promise<void> {
  const waiting = files.filter(({ archived }) => archived?.state === 'asleep');
  await inParallel(waiting, askedAtOnce, async ({ kind, name }) => {
    signal.throwIfAborted();
    const handle: FileHandle = { type: kind, name };
    await backend.wake?.(handle, order);
  });
}

function amountsOf(files: readonly ScrubFile[]): readonly ThawAmount[] {
  const amounts = new Map<string, ThawAmount>();
  for (const { archived, size } of files) {
    if (archived === undefined) continue;
    const { storageClass } = archived;
    const { objects, bytes } = amounts.get(storageClass) ?? { objects: 0, bytes: 0 };
    amounts.set(storageClass, { storageClass, objects: objects + 1, bytes: bytes + size });
  }
  return [...amounts.values()];
}
