/** A folder behind a real OpenSSH server as the place of a repository. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BackendAccess } from '../../electron/engine/repository/backend/access.ts';
import { openSftpBackend } from '../../electron/engine/repository/backend/sftp/sftp-backend.ts';
import { parseLocation } from '../../shared/model/location.ts';
import type { AccessSecret, AccessSettings } from '../../shared/model/repository-access.ts';
import type { BackendUnderTest } from './backend-contract.ts';
import { startSshServer, type SshServer } from './ssh-server.ts';
import { makeWorkspace, type Workspace } from './workspace.ts';

export type SftpUnderTest = BackendUnderTest & {
  readonly workspace: Workspace;
  readonly server: SshServer;
  readonly location: string;
  /** On this machine. */
  readonly folder: string;
  /** What lets one in, with what else is wanted. */
  access(settings?: AccessSettings, secrets?: Readonly<Partial<Record<AccessSecret, string>>>): BackendAccess;
};

export async function makeSftpPlace(): Promise<SftpUnderTest> {
  const workspace = await makeWorkspace({ inMemory: true });
  const server = await startSshServer(workspace);
  const folder = workspace.path('server', 'repository');
  const location = `sftp://${server.user}@127.0.0.1:${server.port}/${folder}`;
  const { fingerprint, keyFile } = server;
  const access: SftpUnderTest['access'] = (settings = { fingerprint, keyFile }, secrets = {}) => ({
    settings,
    secret: (name) => Promise.resolve(secrets[name] ?? null),
  });
  const parsed = parseLocation(location);
  if (parsed.kind !== 'sftp') throw new Error('a server was meant');
  return {
    workspace,
    server,
    location,
    folder,
    access,
    backend: openSftpBackend(parsed, access()),
    putStranger: async (path, content) => {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    },
    paths: async () => (existsSync(folder) ? (await readdir(folder, { recursive: true })).sort() : []),
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await workspace[Symbol.asyncDispose]();
    },
  };
}
