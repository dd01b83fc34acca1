/** What is mounted where, as the kernel lists it (proc_pid_mountinfo(5)). */
import { readFileSync } from 'node:fs';
import type { RawPath } from './raw-path.ts';

export type Mount = {
  readonly path: RawPath;
  /** `ext4`, `nfs4`, `fuse.sshfs` … */
  readonly kind: string;
};

/** In the order in which they were mounted; none where the system does not say. */
export function listMounts(): readonly Mount[] {
  try {
    return parseMounts(readFileSync('/proc/self/mountinfo', 'latin1'));
  } catch {
    return [];
  }
}

export function parseMounts(mountinfo: string): readonly Mount[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [before = '', after] = line.split(' - ');
    const path = before.split(' ')[4];
    const kind = after?.split(' ')[0];
    return path === undefined || kind === undefined || kind === ''
      ? []
      : [{ path: unescape(path), kind: unescape(kind) }];
  });
}

/** The mount that a path lies on: of those with the longest path the last one, which hides the others. */
export function mountOf(mounts: readonly Mount[], path: RawPath): Mount | null {
  let found: Mount | null = null;
  for (const mount of mounts) {
    const holds = mount.path === '/' || path === mount.path || path.startsWith(`${mount.path}/`);
    if (holds && mount.path.length >= (found?.path.length ?? 0)) found = mount;
  }
  return found;
}

function unescape(text: string): string {
  return text.replace(/\\([0-3][0-7]{2})/g, (_match, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
