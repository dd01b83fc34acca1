/** Who made a snapshot in AWS, as far as its tags and its description tell. */

export const snapshotMakers = ['holdfast', 'aws-backup', 'dlm', 'image', 'other'] as const;
export type SnapshotMaker = (typeof snapshotMakers)[number];

/** `isOurs`: it carries the tags of some Holdfast. */
export function snapshotMaker(tags: Iterable<string>, description: string, isOurs: boolean): SnapshotMaker {
  if (isOurs) return 'holdfast';
  const keys = [...tags].map((key) => key.toLowerCase());
  if (keys.some((key) => key.startsWith('aws:backup:'))) return 'aws-backup';
  if (keys.some((key) => key.startsWith('aws:dlm:') || key.startsWith('dlm:'))) return 'dlm';
  // As EC2 describes what it takes for an image.
  return /^Created by CreateImage\(i-[0-9a-f]+\) for ami-[0-9a-f]+/.test(description) ? 'image' : 'other';
}
