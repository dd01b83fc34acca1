/**
 * What a password opens, made as the engine makes it but with a key that is derived in a millisecond: for tests that are
 * about something else. What the engine makes itself costs a fifth of a second each time it is made or opened.
 */
import { randomBytes, scryptSync } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContractClient } from '../../electron/engine/engine.ts';
import { sealBox } from '../../electron/engine/platform/sealed-box.ts';
import type { Workspace } from './workspace.ts';

const cost = { N: 1024, r: 8, p: 1 };

export type QuickRepository = { readonly remember?: boolean; readonly name?: string };

/** As `repositories.create` does, in the place of the workspace. */
export async function createQuickly(client: ContractClient, workspace: Workspace, options: QuickRepository = {}) {
  workspace.init();
  const { repository: location, password } = workspace;
  return client.repositories.connect({ location, password, ...options });
}

/** An empty store of secrets where the home has none yet: what to give to an engine as `secrets`. */
export function quickSecrets(
  home: string,
  passphrase = 'a passphrase of eleven words',
): { readonly passphrase: string } {
  const file = join(home, 'passwords');
  if (existsSync(file)) return { passphrase };
  const salt = randomBytes(32);
  const key = {
    made: { kdf: 'scrypt' as const, ...cost, salt: salt.toString('base64') },
    secret: scryptSync(passphrase, salt, 32, cost),
  };
  mkdirSync(home, { recursive: true, mode: 0o700 });
  writeFileSync(file, `${JSON.stringify(sealBox(key, 'holdfast passwords', Buffer.from('[]')))}\n`, { mode: 0o600 });
  return { passphrase };
}
