/** Where on a machine lies what is worth protecting, by its system; and which of it no source holds. Pure. */

export type Platform = 'linux' | 'darwin' | 'win32';

export const placeKinds = ['home', 'service', 'settings', 'database', 'containers', 'disk', 'share', 'git'] as const;
export type PlaceKind = (typeof placeKinds)[number];

/** `*` stands for one name. `each`: the folders in it, one by one; else itself. */
export type PlaceRule = {
  readonly path: string;
  readonly each: boolean;
  readonly kind: PlaceKind;
  readonly title: string;
  /** What has to be thought of beside the files; null: nothing. */
  readonly hint: string | null;
};

const files = 'Files of it that are written to while they are read are no good copy:';
const dump = (what: string): string => `${files} let a hook write a dump first (${what}), or stop it meanwhile.`;
const containers = 'What runs in the containers may be writing: stop them, or dump their databases, in a hook.';

const rule = (
  kind: PlaceKind,
  path: string,
  title: string,
  { each = false, hint = null }: { readonly each?: boolean; readonly hint?: string | null } = {},
): PlaceRule => ({ kind, path, title, each, hint });

const linux: readonly PlaceRule[] = [
  rule('home', '/home/*', 'In a home folder', { each: true }),
  rule('home', '/root', 'In the home folder of root', { each: true }),
  rule('service', '/srv', 'Data of a service', { each: true }),
  rule('service', '/opt', 'A program that was put there by hand, with its data', { each: true }),
  rule('service', '/var/www', 'Web sites'),
  rule('settings', '/etc', 'Settings of this machine'),
  rule('database', '/var/lib/postgresql', 'PostgreSQL', { hint: dump('pg_dumpall') }),
  rule('database', '/var/lib/pgsql', 'PostgreSQL', { hint: dump('pg_dumpall') }),
  rule('database', '/var/lib/mysql', 'MySQL or MariaDB', { hint: dump('mysqldump') }),
  rule('database', '/var/lib/mongodb', 'MongoDB', { hint: dump('mongodump') }),
  rule('database', '/var/lib/mongo', 'MongoDB', { hint: dump('mongodump') }),
  rule('database', '/var/lib/redis', 'Redis', { hint: dump('redis-cli save') }),
  rule('containers', '/var/lib/docker/volumes', 'Docker volumes', { each: true, hint: containers }),
  rule('containers', '/var/lib/containers/storage/volumes', 'Podman volumes', { each: true, hint: containers }),
  rule('containers', '/home/*/.local/share/containers/storage/volumes', 'Podman volumes', {
    each: true,
    hint: containers,
  }),
];

const darwin: readonly PlaceRule[] = [
  rule('home', '/Users/*', 'In a home folder', { each: true }),
  rule('settings', '/etc', 'Settings of this machine'),
  rule('service', '/Library/WebServer/Documents', 'Web sites'),
  rule('database', '/opt/homebrew/var/postgres*', 'PostgreSQL', { hint: dump('pg_dumpall') }),
  rule('database', '/usr/local/var/postgres*', 'PostgreSQL', { hint: dump('pg_dumpall') }),
  rule('database', '/opt/homebrew/var/mysql', 'MySQL or MariaDB', { hint: dump('mysqldump') }),
  rule('database', '/usr/local/var/mysql', 'MySQL or MariaDB', { hint: dump('mysqldump') }),
  rule('database', '/opt/homebrew/var/mongodb', 'MongoDB', { hint: dump('mongodump') }),
  rule('disk', '/Volumes/*', 'A mounted disk'),
];

const win32: readonly PlaceRule[] = [
  rule('home', 'C:\\Users\\*', 'In a home folder', { each: true }),
  rule('service', 'C:\\inetpub', 'Web sites', { each: true }),
  rule('database', 'C:\\Program Files\\PostgreSQL\\*\\data', 'PostgreSQL', { hint: dump('pg_dumpall') }),
  rule('database', 'C:\\ProgramData\\MySQL', 'MySQL', { hint: dump('mysqldump') }),
  rule('database', 'C:\\ProgramData\\MongoDB', 'MongoDB', { hint: dump('mongodump') }),
  rule('disk', 'D:\\', 'Another disk'),
  rule('disk', 'E:\\', 'Another disk'),
];

const rules: Readonly<Record<Platform, readonly PlaceRule[]>> = { linux, darwin, win32 };

export function placeRules(platform: string): readonly PlaceRule[] {
  return platform === 'darwin' || platform === 'win32' ? rules[platform] : rules.linux;
}

/** In a home folder: made again by whoever made them, or of other machines. */
const ofNoWorth: Readonly<Record<Platform, ReadonlySet<string>>> = {
  linux: new Set(['Downloads', 'Public', 'Templates', 'snap', 'tmp', 'node_modules', 'go', 'lost+found']),
  darwin: new Set(['Applications', 'Downloads', 'Library', 'Public', 'Shared', 'node_modules', 'go']),
  win32: new Set(['AppData', 'Downloads', 'Public', 'Default', 'node_modules', 'go', 'Searches', 'Links']),
};

/** Whether a folder in a place of `each` is worth naming; those that begin with a dot are settings of programs. */
export function isWorthNaming(kind: PlaceKind, name: string, platform: string): boolean {
  if (name.startsWith('.') || name === 'lost+found') return false;
  if (kind !== 'home') return name !== 'containerd' && name !== 'backingFsBlockDev' && name !== 'metadata.db';
  const own = platform === 'darwin' || platform === 'win32' ? platform : 'linux';
  return !ofNoWorth[own].has(name);
}

/** A local disk that holds somebody's data, by where it is mounted and its file system. */
export function isOwnDisk(path: string, kind: string): boolean {
  const diskKinds = new Set(
    'bcachefs btrfs exfat ext2 ext3 ext4 f2fs fuseblk hfsplus jfs ntfs ntfs3 reiserfs vfat xfs zfs'.split(' '),
  );
  return diskKinds.has(kind) && !ofSystem.has(path) && !belowSystem.some((folder) => path.startsWith(folder));
}

/** Other rules are about what lies in them, or nobody's data does. */
const ofSystem: ReadonlySet<string> = new Set(['/', '/boot', '/efi', '/home', '/usr', '/var', '/opt', '/srv', '/tmp']);
const belowSystem = ['/boot/', '/efi/', '/snap/', '/proc/', '/sys/', '/dev/', '/etc/', '/var/lib/'];

/** A share, whose server may be gone: it is named, and never looked into. */
export function isShare(kind: string): boolean {
  return /^(?:nfs4?|cifs|smb3?|smbfs|afpfs|9p|fuse\.sshfs|fuse\.rclone|ceph|glusterfs|fuse\.glusterfs)$/.test(kind);
}

/** How the folders of sources meet a place. `inside`: those of them that lie in it. */
export type Coverage = { readonly isCovered: boolean; readonly inside: readonly string[] };

export function coverageOf(path: string, protectedPaths: readonly string[]): Coverage {
  const lies = (inner: string, outer: string): boolean => {
    const separator = outer.includes('\\') ? '\\' : '/';
    return inner === outer || inner.startsWith(outer.endsWith(separator) ? outer : outer + separator);
  };
  return {
    isCovered: protectedPaths.some((outer) => lies(path, outer)),
    inside: protectedPaths.filter((inner) => inner !== path && lies(inner, path)),
  };
}

/** Refs of a working copy, by their whole names. True where a branch is not at what any remote is known to have. */
export function hasOwnCommits(refs: ReadonlyMap<string, string>): boolean {
  const known = new Set([...refs].flatMap(([name, id]) => (name.startsWith('refs/remotes/') ? [id] : [])));
  return [...refs].some(([name, id]) => name.startsWith('refs/heads/') && !known.has(id));
}

/** As `git pack-refs` writes them. */
export function packedRefs(text: string): Map<string, string> {
  const refs = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, id, name] = /^([0-9a-f]{40}|[0-9a-f]{64}) (refs\/\S+)$/.exec(line) ?? [];
    if (id !== undefined && name !== undefined) refs.set(name, id);
  }
  return refs;
}
