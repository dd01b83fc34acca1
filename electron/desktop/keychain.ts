/** Passwords that outlive the engine, sealed with a key that the system's keychain keeps. */
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { SafeStorage } from 'electron';
import { z } from 'zod';
import type { SecretStore } from '../engine/engine.ts';

export type KeychainParts = {
  readonly safeStorage: Pick<
    SafeStorage,
    'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync' | 'getSelectedStorageBackend'
  >;
  readonly platform: NodeJS.Platform;
  readonly home: string;
};

const fileSchema = z.object({ version: z.literal(1), secrets: z.array(z.tuple([z.string(), z.base64()])).max(10_000) });

/** What Chromium seals with a key that stands in its source begins so on Linux: as good as the clear text. */
const knownKeyMark = 'v10';

/** Null where the system has no keychain: Electron would then seal with a key that everybody knows. */
export async function openKeychain(parts: KeychainParts): Promise<SecretStore | null> {
  const { safeStorage, platform } = parts;
  if (!(await safeStorage.isAsyncEncryptionAvailable().catch(() => false))) return null;
  if (platform === 'linux' && ['basic_text', 'unknown'].includes(safeStorage.getSelectedStorageBackend())) return null;
  const probe = await safeStorage.encryptStringAsync('probe').catch(() => null);
  return probe === null || (platform === 'linux' && isKnownKey(probe)) ? null : new Keychain(parts);
}

class Keychain implements SecretStore {
  readonly kind = 'keychain';
  readonly #parts: KeychainParts;
  readonly #file: string;
  /** Changes follow each other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: KeychainParts) {
    this.#parts = parts;
    this.#file = join(parts.home, 'keychain.json');
  }

  async read(name: string): Promise<string | null> {
    const sealed = (await load(this.#file)).get(name);
    if (sealed === undefined) return null;
    const { result } = await this.#parts.safeStorage.decryptStringAsync(Buffer.from(sealed, 'base64'));
    return result;
  }

  async write(name: string, secret: string): Promise<void> {
    const sealed = await this.#parts.safeStorage.encryptStringAsync(secret);
    if (this.#parts.platform === 'linux' && isKnownKey(sealed))
      throw new Error('The keychain of this session is not available.');
    await this.#change((secrets) => secrets.set(name, sealed.toString('base64')));
  }

  async remove(name: string): Promise<void> {
    await this.#change((secrets) => secrets.delete(name));
  }

  async #change(change: (secrets: Map<string, string>) => unknown): Promise<void> {
    const turn = this.#changeNext(this.#last, change);
    this.#last = turn.catch(() => undefined);
    await turn;
  }

  async #changeNext(before: Promise<unknown>, change: (secrets: Map<string, string>) => unknown): Promise<void> {
    await before;
    const secrets = await load(this.#file);
    change(secrets);
    await save(this.#file, secrets);
  }
}

function isKnownKey(sealed: Buffer): boolean {
  return sealed.subarray(0, knownKeyMark.length).toString('latin1') === knownKeyMark;
}

async function load(file: string): Promise<Map<string, string>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map();
    throw error;
  }
  const parsed = fileSchema.safeParse(parsedJson(text));
  if (parsed.success) return new Map(parsed.data.secrets);
  throw new Error(`The file ${file} is not what Holdfast wrote. Move it away, then enter the passwords again.`);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function save(file: string, secrets: ReadonlyMap<string, string>): Promise<void> {
  const temporary = `${file}.new`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify({ version: 1, secrets: [...secrets] })}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}
