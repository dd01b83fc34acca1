/** What is written beside an image: of what, when and how it was taken; also what the next run builds on. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { snapshotPattern } from '../../../../../shared/model/aws.ts';
import { blocksPerGib } from '../../../aws/ebs/blocks.ts';

/** Of the volume; only part of what AWS knows, but all that its image is worth nothing without. */
export type ImagedVolume = {
  /** `vol-…`, as AWS names it; of a copy AWS does not say it truly. */
  readonly volume: string;
  readonly snapshot: string;
  readonly region: string;
  readonly sizeGib: number;
  /** When the snapshot was asked for: what it shows. ISO-8601. */
  readonly startedAt: string;
  readonly owner: string;
  readonly description: string;
  readonly encrypted: boolean;
  readonly kmsKey: string | null;
  readonly tags: Readonly<Record<string, string>>;
  /** The instance it is attached to, and by what name there; null where that is not known. */
  readonly instance: string | null;
  readonly device: string | null;
};

const text = z.string().max(4096);

export const imageDescriptionSchema = z.object({
  format: z.literal('holdfast-volume-image-1'),
  volume: text,
  snapshot: z.string().regex(snapshotPattern),
  region: text,
  sizeGib: z.number().int().min(1).max(65_536),
  startedAt: text,
  owner: text,
  description: text,
  encrypted: z.boolean(),
  kmsKey: text.nullable(),
  tags: z.record(z.string().max(256), text),
  instance: text.nullable(),
  device: text.nullable(),
  blockBytes: z.number().int(),
  /** In order; put together they are the volume. */
  parts: z.array(z.string().regex(/^volume\.img(?:\.\d{1,4})?$/)).min(1),
  /** SHA-256 of the SHA-256 of all blocks in order. */
  blocksSha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** The snapshot that it was compared with, from whose image all else was taken; null: all of it was read. */
  comparedWith: z.string().nullable(),
});
export type ImageDescription = z.infer<typeof imageDescriptionSchema>;

export const descriptionName = 'volume.json';
export const largestDescription = 1024 * 1024;

/** Blocks of a part file: 64 GiB. */
export const partBlocks = 64 * blocksPerGib;

export function partName(part: number): string {
  return part === 0 ? 'volume.img' : `volume.img.${part}`;
}

export function partsOf(sizeGib: number): readonly string[] {
  return Array.from({ length: Math.ceil((sizeGib * blocksPerGib) / partBlocks) }, (_, part) => partName(part));
}

/** The hash of the list of all blocks, which parts are fed into in order. */
export function hashOfBlocks(parts: Iterable<Uint8Array>): string {
  const whole = createHash('sha256');
  for (const ids of parts) whole.update(ids);
  return whole.digest('hex');
}

/** Null where it is none of ours. */
export function readDescription(json: Uint8Array): ImageDescription | null {
  try {
    return imageDescriptionSchema.parse(JSON.parse(Buffer.from(json).toString('utf8')));
  } catch {
    return null;
  }
}
