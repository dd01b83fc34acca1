/**
 * Who may import whom: the table that keeps the engine free of Electron, the shared code free of Node, and the rooms of
 * the engine apart from each other. `lint-plugin.ts` holds every import of the project against it.
 */
import { posix } from 'node:path';

type Room = {
  /**
   * A folder (what is below it and in no longer name), one file, or with `/*` at its end: each folder in that folder is
   * a room of its own.
   */
  readonly name: string;
  /** Other rooms: names as above, `/*` standing for all rooms below. */
  readonly rooms: readonly string[];
  /** npm packages; `any` is every one but Electron. */
  readonly packages: readonly string[] | 'any';
  /** Whether the modules of Node are there. */
  readonly node: boolean;
  /** Why the line is drawn here: the end of every message about it. */
  readonly why: string;
};

const platform = 'electron/engine/platform';
const repository = 'electron/engine/repository';
const s3 = 'electron/engine/repository/backend/s3';
const catalog = 'electron/engine/catalog';
const indexing = 'electron/engine/indexing';
const configuration = 'electron/engine/configuration';
const connections = 'electron/engine/connections';
const jobs = 'electron/engine/jobs';
const sources = 'electron/engine/sources';
const aws = 'electron/engine/aws';
const engineFile = 'electron/engine/engine.ts';

const pureWhy = 'both sides of every door load it, so it has neither Node nor Electron nor a screen';
const engineWhy = 'the engine is plain Node, and its rooms stand on each other in one direction only';
const apartWhy =
  'protection, sites, integrity, recovery and monitoring meet in the catalog, in the job queue and in engine.ts';
const screenWhy = 'a screen reaches the engine through the contract, and one feature does not lean on another';

const engineRoom = (name: string, rooms: readonly string[], why = engineWhy): Room => ({
  name,
  rooms: [...rooms, 'shared/*'],
  packages: 'any',
  node: true,
  why,
});
const entry = (name: string, rooms: readonly string[], packages: Room['packages'] = 'any'): Room => ({
  name,
  rooms: [...rooms, 'shared/*'],
  packages,
  node: true,
  why: 'an entry is thin: it starts what the rooms behind it do',
});
const rendererRoom = (name: string, rooms: readonly string[]): Room => ({
  name,
  rooms: [...rooms, 'shared/*'],
  packages: 'any',
  node: false,
  why: screenWhy,
});

export const importTable: readonly Room[] = [
  { name: 'shared/model', rooms: [], packages: ['luxon'], node: false, why: pureWhy },
  {
    name: 'shared/contract',
    rooms: ['shared/model'],
    packages: ['zod', '@orpc/contract'],
    node: false,
    why: pureWhy,
  },
  engineRoom(platform, []),
  engineRoom(repository, [platform, s3]),
  // A repository in a bucket: the one part of the store that knows AWS's kit, loaded when a bucket is opened.
  engineRoom(s3, [platform, repository, aws]),
  engineRoom(catalog, [platform]),
  // What fills the catalog from repositories, which the catalog itself knows nothing of.
  engineRoom(indexing, [platform, repository, catalog]),
  // What looks into folders of snapshots for a screen, in threads that keep a repository open.
  engineRoom('electron/engine/browsing', [platform, repository]),
  // What carries the console's own configuration between the catalog and repositories.
  engineRoom(configuration, [platform, repository, catalog]),
  // Which repositories the console works with, and what keeps them open.
  engineRoom(connections, [platform, repository]),
  engineRoom(jobs, [platform, catalog]),
  // Who the tenants of a home are, what of the machine each may use, and what is offered to them.
  engineRoom('electron/engine/tenants', [platform]),
  // What AWS is reached with: credentials, clients, what a refusal means.
  engineRoom(aws, [platform]),
  // The interface that every kind of source implements.
  engineRoom(sources, [platform, repository]),
  engineRoom(`${sources}/*`, [platform, repository, sources]),
  engineRoom(`${sources}/github`, [platform, repository, sources, `${sources}/git`]),
  engineRoom(`${sources}/s3-bucket`, [platform, repository, sources, aws]),
  engineRoom(`${sources}/ec2`, [platform, repository, sources, aws]),
  engineRoom(
    'electron/engine/protection',
    [platform, repository, catalog, jobs, sources, `${sources}/*`, aws],
    apartWhy,
  ),
  engineRoom('electron/engine/sites', [platform, repository, catalog, jobs], apartWhy),
  engineRoom('electron/engine/integrity', [platform, repository, catalog, jobs, sources, `${sources}/*`], apartWhy),
  engineRoom('electron/engine/recovery', [platform, repository, catalog, jobs, sources, `${sources}/*`, aws], apartWhy),
  engineRoom('electron/engine/monitoring', [platform, catalog, jobs], apartWhy),
  engineRoom('electron/engine/api', ['electron/engine/*']),
  engineRoom(engineFile, ['electron/engine/*']),
  {
    name: 'electron/desktop',
    rooms: [engineFile, 'shared/*'],
    packages: 'any',
    node: true,
    why: 'the shell sees the engine only as a whole',
  },
  entry('electron/main.ts', ['electron/desktop', 'electron/cli.ts', engineFile]),
  entry('electron/preload.ts', ['electron/desktop', engineFile]),
  entry('electron/cli.ts', ['electron/cli', engineFile]),
  entry('electron/launch.mjs', ['electron/cli.ts'], []),
  {
    name: 'electron/cli',
    rooms: [engineFile, 'electron/sandbox', 'shared/*'],
    packages: 'any',
    node: true,
    why: 'a command calls the contract, and never a room behind it',
  },
  engineRoom('electron/sandbox', [platform], 'it plays the part of services that are not ours'),
  rendererRoom('renderer/app', ['renderer/features/*', 'renderer/components', 'renderer/client']),
  rendererRoom('renderer/features/*', ['renderer/components', 'renderer/client']),
  rendererRoom('renderer/components', []),
  rendererRoom('renderer/client', []),
];

const electronFiles = ['electron/desktop/', 'electron/main.ts', 'electron/preload.ts'];

/**
 * What is wrong with `file` (a path from the root of the project, with `/`) importing `specifier`, as a sentence; null
 * if nothing is. Tests and configuration may import anything.
 */
export function judgeImport(file: string, specifier: string): string | null {
  if (specifier.startsWith('.')) return judgeFile(file, posix.join(posix.dirname(file), specifier));
  if (specifier === 'electron' || specifier.startsWith('electron/')) return judgeElectron(file);
  const room = roomOf(file);
  if (room === undefined) return null;
  if (specifier.startsWith('node:')) {
    return room.node ? null : `${room.name} may not import ${specifier}: ${room.why}.`;
  }
  if (specifier.startsWith('/') || specifier.includes(':')) return `Import ${specifier} by its name or relative path.`;
  const name = packageName(specifier);
  if (room.packages === 'any' || room.packages.includes(name)) return null;
  const allowed = room.packages.length === 0 ? 'no package' : room.packages.join(', ');
  return `${room.name} may not import ${name} (it may: ${allowed}): ${room.why}.`;
}

/** What is wrong with the place of `file` itself: the code lives in the rooms of the table. */
export function judgePlace(file: string): string | null {
  if (!/^(?:shared|electron|renderer)\//.test(file) || roomOf(file) !== undefined) return null;
  return `${file} is in no room of the house: put it where its behaviour belongs, or give the room a row in import-table.ts.`;
}

function judgeFile(file: string, target: string): string | null {
  if (/^(?:shared|electron|renderer)\//.test(file) && !/\.(?:ts|tsx|mjs|json|css|svg|png)$/.test(target)) {
    return `Write the whole file name (${target}.ts): Node runs these files as they are.`;
  }
  const from = roomOf(file);
  if (from === undefined) return null;
  const to = roomOf(target);
  if (to === undefined) return `${from.name} may not import ${target}, which is in no room: ${from.why}.`;
  if (to.name === from.name || from.rooms.some((allowed) => covers(allowed, to))) return null;
  const allowed = from.rooms.length === 0 ? 'no other room' : from.rooms.join(', ');
  return `${from.name} may not import ${to.name} (it may: ${allowed}): ${from.why}.`;
}

function judgeElectron(file: string): string | null {
  if (!/^(?:shared|electron|renderer)\//.test(file)) return null;
  if (electronFiles.some((name) => file.startsWith(name))) return null;
  return `${file} may not import electron: the engine and the command line run without it; only electron/desktop, main.ts and preload.ts may.`;
}

/** The room with the longest name that holds the file; its name with `*` replaced by the folder that was found. */
function roomOf(file: string): Room | undefined {
  let found: Room | undefined;
  for (const room of importTable) {
    const name = nameAround(room, file);
    if (name === undefined || name.length < (found?.name.length ?? 0)) continue;
    if (found?.name === name && room.name.endsWith('/*')) continue;
    found = { ...room, name };
  }
  return found;
}

function nameAround({ name }: Room, file: string): string | undefined {
  if (!name.endsWith('/*')) return file === name || file.startsWith(`${name}/`) ? name : undefined;
  const parent = name.slice(0, -1);
  const end = file.indexOf('/', parent.length);
  return file.startsWith(parent) && end !== -1 ? file.slice(0, end) : undefined;
}

function covers(allowed: string, room: Room): boolean {
  return allowed.endsWith('/*') ? room.name.startsWith(allowed.slice(0, -1)) : allowed === room.name;
}

function packageName(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}
