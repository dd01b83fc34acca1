/** Where the files of a source lie, by its name. */
import { createHash } from 'node:crypto';

/** One for a folder, whatever the source is called. */
export function ec2Folder(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9._-]/g, '-').replace(/^[.-]+|[.]+$/g, '');
  return safe === name ? name : `${safe}.${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}
