/** A folder of very many entries, as a tree of a repository alone: nothing of it was ever on a disk. */
import { createHash } from 'node:crypto';
import type { ResticRepository } from './restic-repository.ts';

export type WideFolder = {
  readonly entries: number;
  /** Every hundredth file is of this version, all others of the first. */
  readonly version?: number;
  /** Folders of different names share no blob. */
  readonly name?: string;
};

/** The id of its tree. */
export function addWideFolder(repository: ResticRepository, { entries, version = 0, name = '' }: WideFolder): string {
  const nodes = Array.from({ length: entries }, (_, at) => fileNode(name, at, at % 100 === 0 ? version : 0));
  return repository.addBlob('tree', `{"nodes":[${nodes.join(',')}]}\n`);
}

function fileNode(folder: string, at: number, version: number): string {
  const time = new Date(Date.UTC(2025, 0, 1) + ((at * 7919) % 31_536_000) * 1000 + version).toISOString();
  const id = createHash('sha256').update(`${folder}${at} ${version}`).digest('hex');
  return JSON.stringify({
    name: `report-${String(at).padStart(6, '0')}.pdf`,
    type: 'file',
    mode: 420,
    mtime: time,
    atime: time,
    ctime: time,
    uid: 1000,
    gid: 1000,
    user: 'operator',
    group: 'operator',
    inode: 5_000_000 + at,
    device_id: 2049,
    size: (at * 104_729) % 1_000_000,
    links: 1,
    content: [id],
  });
}
