/** What a snapshot of a source in EC2 holds: its native snapshots, and what each instance was, as files of JSON. */
import { z } from 'zod';
import {
  accountIdPattern,
  instancePattern,
  regionPattern,
  snapshotPattern,
  volumePattern,
} from '../../../../shared/model/aws.ts';

/** `volumes/<volume>.json`: what was asked for of one volume. */
export const nativeFileSchema = z.object({
  version: z.literal(1),
  snapshot: z.string().regex(snapshotPattern),
  region: z.string().regex(regionPattern),
  /** Null where AWS does not say. */
  account: z.string().regex(accountIdPattern).nullable(),
  volume: z.string().regex(volumePattern),
  instance: z.string().regex(instancePattern).nullable(),
  device: z.string().nullable(),
  isRoot: z.boolean(),
  sizeGiB: z.number().int().nonnegative(),
  encrypted: z.boolean(),
  /** ISO-8601 UTC: the point that it shows. */
  requestedAt: z.iso.datetime(),
});
export type NativeFile = z.infer<typeof nativeFileSchema>;

export const volumesFolder = 'volumes';
export const instancesFolder = 'instances';

/** As freshness is kept for it: `folder` is that of the source. */
export function volumeItem(folder: string, volume: string): string {
  return `/${folder}/${volumesFolder}/${volume}.json`;
}
