/** A bucket that has lost much of what it held is an alarm, and no snapshot. */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { countOf } from '../../../../shared/model/units.ts';
import type { BucketFacts } from './bucket-file.ts';

/** Of a few objects, many may go in a day's work. */
const fewObjects = 10;

/** SOURCE_EMPTIED where nothing is left, or more than a third is gone. */
export function refuseShrunk(bucket: string, before: BucketFacts | null, objects: number): void {
  if (before === null || before.objects === 0) return;
  if (objects > 0 && (before.objects <= fewObjects || objects * 3 >= before.objects * 2)) return;
  const held = `the last snapshot held ${countOf(before.objects, 'object')}`;
  const text =
    objects === 0 ? `${bucket} is empty; ${held}.` : `${bucket} lists ${countOf(objects, 'object')}; ${held}.`;
  throw new HoldfastError('SOURCE_EMPTIED', text);
}
