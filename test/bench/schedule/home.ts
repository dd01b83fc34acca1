/** A home with many sources, all on one hourly profile, and a repository whose password is remembered. */
import { join } from 'node:path';
import { Catalog } from '../../../electron/engine/catalog/catalog.ts';
import { serveEngine } from '../../../electron/engine/engine.ts';
import { presets } from '../../../shared/model/profile-presets.ts';
import { caller, passphrase, password, version } from './sizes.ts';
import { noHooks } from '../../../shared/model/hooks.ts';

export type Home = {
  readonly home: string;
  readonly catalogFile: string;
  readonly sources: readonly string[];
  readonly profile: string;
  /** The id in its config. */
  readonly repository: string;
  readonly connection: string;
  /** Ten minutes after a full hour that has been dealt with. */
  readonly startMs: number;
};

const hourMs = 3_600_000;
const definition = {
  kind: 'folder' as const,
  excludes: ['*.tmp', 'node_modules'],
  excludeCaches: true,
  excludeLargerThanBytes: null,
  oneFileSystem: false,
  commands: noHooks,
  tags: ['office'],
  rpoMs: null,
};

export async function makeHome(folder: string, count: number): Promise<Home> {
  const home = join(folder, 'home');
  const sources = Array.from({ length: count }, (_, at) => `source-${String(at).padStart(4, '0')}`);
  const engine = await serveEngine({ home, caller, version, onNotice: () => undefined, secrets: { passphrase } });
  let known: Pick<Home, 'profile' | 'repository' | 'connection'>;
  try {
    const { client } = engine;
    const location = join(folder, 'repository');
    const created = await client.repositories.create({ location, password, remember: true });
    const repository = { id: created.repository.id };
    await client.sources.add({ repository, source: sourceOf(sources[0] ?? '') });
    const added = await client.profiles.add({
      repository,
      profile: { ...presets.standard, zone: 'UTC', periods: [hourly] },
    });
    const { id: profile } = added.profile;
    await client.profiles.assign({ repository, scope: 'tenant', subject: '', profile });
    known = { profile, repository: created.repository.repository, connection: created.repository.id };
  } finally {
    await engine.close();
  }
  // Past the engine, which would save its configuration after each.
  const catalog = new Catalog({ home });
  const atMs = Date.now();
  for (const name of sources.slice(1))
    await catalog.write('registeredSources.add', caller, { source: sourceOf(name), atMs });
  await catalog.close();
  const startMs = Math.ceil(Date.now() / hourMs) * hourMs + hourMs / 6;
  return { home, catalogFile: join(home, 'catalog.db'), sources, ...known, startMs };
}

function sourceOf(name: string) {
  return { ...definition, name, paths: [`/srv/${name}`] };
}

const hourly = {
  id: 'hourly',
  name: 'Hourly',
  rule: { kind: 'hourly' as const, minute: 0 },
  keep: { count: 48, unit: 'hours' as const },
  minimum: 1,
  missed: 'catchUp' as const,
  quiesce: false,
  locked: false,
};
