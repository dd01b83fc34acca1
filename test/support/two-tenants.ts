/** One engine with two tenants that are full of data: the owner of the home, and one beside it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContractClient } from '../../electron/engine/engine.ts';
import type { SourceDefinition } from '../../shared/contract/sources.ts';
import { makeHttpEngine, type HttpEngine } from './http-engine.ts';

/** What stands in all that is the owner's, and in nothing else. */
export const ownersMark = 'zqorchid';
export const tenantsMark = 'acmewares';
export const tenant = 'acme';

export type TwoTenants = AsyncDisposable & {
  readonly engine: HttpEngine;
  readonly owner: ContractClient;
  /** As the tenant itself, by a token for the role admin. */
  readonly theirs: ContractClient;
  /** Of the owner's, by the names that the contract has for them. */
  readonly ids: Readonly<Record<string, string>>;
  readonly ownersRepository: string;
  readonly tenantsRepository: string;
  readonly tenantsFolder: string;
  readonly tenantsLocation: string;
  readonly password: string;
};

const password = 'a password of a test';

export async function makeTwoTenants(): Promise<TwoTenants> {
  const engine = await makeHttpEngine({
    keepsSecrets: true,
    limits: { callsPerClient: 100, streamsPerClient: 50 },
  });
  const owner = await engine.client();
  await owner.tenants.add({ tenant, title: 'Acme' });
  const root = join(engine.home, '..');
  const tenantsFolder = join(root, tenantsMark);
  await mkdir(tenantsFolder);
  await owner.tenants.grant({
    tenant,
    grants: { folders: [tenantsFolder], commands: false, machineCredentials: false },
  });
  const theirs = engine.rpc(engine.bearer(await engine.token('admin', tenant)));
  const own = await fill(owner, join(root, ownersMark), ownersMark);
  const other = await fill(theirs, tenantsFolder, tenantsMark);
  return {
    engine,
    owner,
    theirs,
    ids: own.ids,
    ownersRepository: own.repository,
    tenantsRepository: other.repository,
    tenantsFolder,
    tenantsLocation: other.location,
    password,
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
}

export function folderSource(name: string, path: string): SourceDefinition {
  return {
    kind: 'folder',
    name,
    paths: [path],
    excludes: [],
    excludeCaches: false,
    excludeLargerThanBytes: null,
    oneFileSystem: false,
    commands: { before: null, after: null, required: false, maximumHoldMs: 60_000 },
    tags: [],
    rpoMs: null,
  };
}

async function fill(client: ContractClient, root: string, mark: string) {
  const folder = join(root, `${mark} data`);
  const location = join(root, `${mark} repository`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${mark} file.txt`), `${mark} content`);
  const { repository } = await client.repositories.create({
    location,
    password,
    name: `${mark} vault`,
    remember: true,
  });
  const access = { repository: { id: repository.id } };
  const source = `${mark} docs`;
  await client.sources.add({ ...access, source: folderSource(source, folder) });
  const snapshot = await protect(client, repository.id, source);
  const { profile } = await client.profiles
    .add({
      ...access,
      profile: { name: `${mark} profile`, periods: [] } as never,
    })
    .catch(() => ({ profile: null }));
  const { site } = await client.sites
    .add({ ...access, name: `${mark} site`, location: join(root, `${mark} site`), create: true, password } as never)
    .catch(() => ({ site: null }));
  const { token } = await client.tokens.create({ name: `${mark} token`, role: 'read' });
  const { route } = (await client.routes
    .add({ name: `${mark} route`, to: { kind: 'webhook', url: 'http://127.0.0.1:9/' } } as never)
    .catch(() => ({ route: null }))) as { route: { id?: string } | null };
  const run = await client.restoreRuns.create({
    ...access,
    selections: [{ snapshot }],
    target: join(root, `${mark} restored`),
  });
  await client.holds.hold({ ...access, snapshot, reason: `${mark} hold` }).catch(() => null);
  const { jobs } = await client.jobs.list({ all: true });
  const ids: Record<string, string> = {
    id: repository.id,
    repository: repository.id,
    connection: repository.id,
    job: jobs[0]?.id ?? '',
    run: run.id,
    source,
    name: source,
    snapshot,
    a: snapshot,
    b: snapshot,
    after: snapshot,
    selection: snapshot,
    selections: snapshot,
    snapshots: snapshot,
    token: token.id,
    site: `${mark} site`,
    from: `${mark} site`,
    to: `${mark} site`,
    profile: (profile as { id?: string } | null)?.id ?? `${mark} profile`,
    route: route?.id ?? `${mark} route`,
    sources: source,
    tenant: 'default',
  };
  return { ids, repository: repository.id, location, hasSite: site !== null };
}

export async function protect(client: ContractClient, repository: string, registered: string): Promise<string> {
  for await (const event of await client.protection.protect({ repository: { id: repository }, registered }))
    if (event.type === 'done') return event.result.snapshot ?? '';
  throw new Error('The run had no end.');
}
