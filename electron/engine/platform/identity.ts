/** Who this process is, as repositories record it. */
import { hostname, userInfo } from 'node:os';

export type ProcessIdentity = {
  readonly hostname: string;
  readonly username: string;
  readonly uid: number;
  readonly gid: number;
  readonly pid: number;
};

let identity: ProcessIdentity | undefined;

export function processIdentity(): ProcessIdentity {
  identity ??= { hostname: hostname(), ...currentUser(), pid: process.pid };
  return identity;
}

/** A process may run under a user id that has no name (containers do that). */
function currentUser(): { username: string; uid: number; gid: number } {
  try {
    const { username, uid, gid } = userInfo();
    return { username, uid: Math.max(0, uid), gid: Math.max(0, gid) };
  } catch {
    return { username: '', uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  }
}
