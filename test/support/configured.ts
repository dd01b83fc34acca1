/** A workspace whose home has a configuration of every sort: a source with commands, a setting, a hold, credentials. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildOnce } from './build-once.ts';
import { expectDone } from './expect-clean.ts';
import { snapshotListSchema } from './snapshot-list.ts';
import { makeWorkspace, type Workspace } from './workspace.ts';

export const secretValue = 'token-8f3a1c77d2-never-in-the-clear';
export const passphrase = 'a passphrase of this machine';
export const recoveryPassphrase = 'a passphrase for the worst day';

export type Configured = Workspace & { readonly source: string; readonly env: Record<string, string>; held: string };

/** Eight runs of the program make one; the tests of a file share them, and each gets it untouched. */
export const makeConfigured = buildOnce(configure);

async function configure(): Promise<Configured> {
  const workspace = await makeWorkspace();
  const source = await workspace.folder('source');
  writeFileSync(join(source, 'kept'), 'content');
  writeFileSync(join(source, 'left.tmp'), 'left out');
  const passphraseFile = workspace.path('passphrase');
  const recoveryFile = workspace.path('recovery-passphrase');
  writeFileSync(passphraseFile, `${passphrase}\n`, { mode: 0o600 });
  writeFileSync(recoveryFile, `${recoveryPassphrase}\n`, { mode: 0o600 });
  const env = {
    HOLDFAST_PASSPHRASE_FILE: passphraseFile,
    HOLDFAST_RECOVERY_PASSPHRASE_FILE: recoveryFile,
    TOKEN: secretValue,
  };
  const properties = [`path=${source}`, 'exclude=*.tmp', 'before=/usr/bin/true'].flatMap((text) => ['--set', text]);
  const run = async (...args: string[]) => expectDone(await workspace.here(args, { env }));
  workspace.init();
  await run('source', 'add', 'folder', '--name', 'docs', ...properties);
  await run('protect', 'docs');
  await run('hold', 'latest', '--reason', 'court case 7 <b>&</b>');
  await run('setting', 'set', 'console.name', 'desk');
  await run('credential', 'set', 'github', '--secret', 'token=env:TOKEN');
  await run('recovery-passphrase', 'set');
  const [snapshot] = (await run('snapshots', '--json')).json(snapshotListSchema);
  return { ...workspace, source, env, held: snapshot?.id ?? '' };
}

/** The contents of all files below a folder, by path. */
export function bytesBelow(folder: string): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) found.set(path, readFileSync(path));
  }
  return found;
}
