/** Names of user and group ids, for people who restore on another machine. From the local files; ids without one have none. */
import { readFileSync } from 'node:fs';

export type AccountNames = { user(uid: number): string; group(gid: number): string };

export function readAccountNames(): AccountNames {
  const users = readNames('/etc/passwd');
  const groups = readNames('/etc/group');
  return { user: (uid) => users.get(uid) ?? '', group: (gid) => groups.get(gid) ?? '' };
}

/** Lines of `name:password:id:…`; the first name of an id counts, as in getpwuid(3). */
function readNames(path: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return names;
  }
  for (const line of text.split('\n')) {
    const [name = '', , id = ''] = line.split(':');
    if (name !== '' && /^\d+$/.test(id) && !names.has(Number(id))) names.set(Number(id), name);
  }
  return names;
}
