/** A site server of ours on loopback, with one user, for the length of a test. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { RestBackend } from '../../electron/engine/repository/backend/rest/rest.ts';
import type { SiteLimits } from '../../electron/engine/sites/server/limits.ts';
import { SiteServer } from '../../electron/engine/sites/server/site-server.ts';
import type { Terms } from '../../electron/engine/sites/server/site-users.ts';
import type { BackendUnderTest } from './backend-contract.ts';
import { removeFolder } from './workspace.ts';

export const siteCaller = { tenant: 'default', actor: 'test' };

export type SiteLine = { readonly message: string; readonly facts: Readonly<Record<string, unknown>> };

export type Site = BackendUnderTest & {
  readonly home: string;
  readonly server: SiteServer;
  readonly origin: string;
  readonly user: string;
  readonly password: string;
  /** Where the user's repository lies. */
  readonly folder: string;
  readonly backend: RestBackend;
  readonly log: readonly SiteLine[];
  /** The headers by which the user is known. */
  readonly signIn: { readonly authorization: string };
  /** Another user, and their way in. */
  add(terms: Partial<Terms> & { readonly name: string }): Promise<{ backend: RestBackend; password: string }>;
};

export type SiteOptions = Partial<Pick<Terms, 'appendOnly' | 'quotaBytes'>> & {
  readonly tls?: 'own' | null;
  readonly limits?: Partial<SiteLimits>;
  readonly nowMs?: () => number;
};

const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

const usualTerms = { appendOnly: false, quotaBytes: null, folder: null };

/** Use with `await using`. */
export async function makeSite(options: SiteOptions = {}): Promise<Site> {
  const { tls = null, limits, nowMs = Date.now, ...terms } = options;
  const home = await mkdtemp(join(memory, 'holdfast-site-'));
  const lines: SiteLine[] = [];
  const write = (message: string, facts = {}): void => void lines.push({ message, facts });
  const server = new SiteServer({ home, nowMs, log: { info: write, warn: write } });
  await server.serve({ host: '127.0.0.1', port: 0, tls, ...(limits !== undefined && { limits }) });
  const { port = 0, fingerprint = null } = server.address ?? {};
  const origin = `${tls === null ? 'http' : 'https'}://127.0.0.1:${port}`;
  const add: Site['add'] = async (more) => {
    const { row, password } = await server.users.add(siteCaller, { ...usualTerms, ...more });
    const access = { user: row.name, password: () => Promise.resolve(password), fingerprint, authority: null };
    return { backend: new RestBackend({ url: `${origin}/${row.name}/`, ...access }), password };
  };
  const user = 'office';
  const { backend, password } = await add({ name: user, ...terms });
  const folder = join(home, 'site', user);
  return {
    home,
    server,
    origin,
    user,
    password,
    folder,
    backend,
    log: lines,
    signIn: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
    add,
    putStranger: async (path, content) => {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    },
    paths: async () => (existsSync(folder) ? (await readdir(folder, { recursive: true })).sort() : []),
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await removeFolder(home);
    },
  };
}
