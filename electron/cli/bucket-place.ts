/** `s3://bucket/prefix`, as it is typed. */
import { badUsage } from './failure.ts';

/** `option`: such as `--to-bucket `, where it is the value of one. BAD_USAGE. */
export function bucketIn(text: string, option: string): { readonly bucket: string; readonly prefix: string } {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(text) ?? [];
  if (bucket === undefined) throw badUsage(`Write ${option}s3://bucket, or s3://bucket/prefix.`);
  return { bucket, prefix };
}
