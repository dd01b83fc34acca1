/** Names as AWS writes them: what they may look like. */

/** What AWS calls each kind of thing that a map between regions names. */
export const mappedPatterns = {
  subnets: /^subnet-[0-9a-f]{8,17}$/,
  groups: /^sg-[0-9a-f]{8,17}$/,
  profiles: /^.{1,255}$/u,
  keyPairs: /^.{1,255}$/u,
  kmsKeys: /^.{1,2048}$/u,
} as const;

export const regionPattern = /^[a-z]{2}(?:-[a-z]+){1,3}-\d{1,2}$/;
/** Of stores that only speak like S3 as well: any text without a slash or a space. */
export const bucketPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/;
export const instancePattern = /^i-[0-9a-f]{8}(?:[0-9a-f]{9})?$/;
export const volumePattern = /^vol-[0-9a-f]{8}(?:[0-9a-f]{9})?$/;
export const snapshotPattern = /^snap-[0-9a-f]{8}(?:[0-9a-f]{9})?$/;
export const accountIdPattern = /^\d{12}$/;

/** Bytes of a tag's key and value at most, in characters. */
export const tagLimits = { key: 128, value: 256 } as const;

/** What the EBS direct APIs read and write at once. */
export const ebsBlockBytes = 512 * 1024;
export const rolePattern = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/;

/** The registered accounts that a source is read or copied with, by what kinds of sources have: `account`, `copies`. */
export function accountsNamedBy(source: object): readonly string[] {
  const own = 'account' in source ? [source.account] : [];
  const copies = 'copies' in source && Array.isArray(source.copies) ? (source.copies as unknown[]) : [];
  const others = copies.map((copy) =>
    typeof copy === 'object' && copy !== null && 'account' in copy ? copy.account : null,
  );
  return [...new Set([...own, ...others])].filter((name) => typeof name === 'string');
}
