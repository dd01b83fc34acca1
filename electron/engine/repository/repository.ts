/** An open repository: its secrets, its small files, its index. Packs are written by `writer.ts`, read by `reader.ts`. */
import { hash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { configHandle, describeHandle, type Backend, type FileType } from './backend/backend.ts';
import { BlobCodec, type RepositoryVersion } from './blob-codec.ts';
import { generateSealingKey, type SealingKey } from './crypto.ts';
import { encodeSnapshot, snapshotFileSchema, type SnapshotFile } from './format/snapshot.ts';
import { addKey, openMasterKey } from './keys.ts';
import { randomChunkerPolynomial } from './polynomial.ts';
import type { BlobRescue } from './rescue.ts';
import { openUnpacked, parseJson, sealUnpacked } from './unpacked.ts';

const configSchema = z.object({
  version: z.number().int(),
  id: z.string().regex(/^[0-9a-f]{64}$/),
  chunker_polynomial: z.string().regex(/^[0-9a-f]{1,16}$/),
});

export type RepositoryConfig = {
  readonly version: RepositoryVersion;
  readonly id: string;
  readonly chunkerPolynomial: string;
};

/** Snapshots and locks are small; a forged one may inflate without end. */
const maximumUnpackedBytes = 16 * 1024 * 1024;

export class Repository {
  readonly backend: Backend;
  readonly config: RepositoryConfig;
  readonly key: SealingKey;
  readonly keyId: string;
  /** Where pieces that cannot be read here may be had; null: nowhere. Whoever looks for damage does not use it. */
  rescue: BlobRescue | null = null;
  readonly #codec: BlobCodec;

  constructor(backend: Backend, config: RepositoryConfig, key: SealingKey, keyId: string) {
    this.backend = backend;
    this.config = config;
    this.key = key;
    this.keyId = keyId;
    this.#codec = new BlobCodec(key, config.version);
  }

  /** The content of a sealed file that is not a pack. Throws STORED_FILE_MISSING or STORED_FILE_DAMAGED. */
  async loadUnpacked(type: FileType, name: string): Promise<Buffer> {
    const handle = { type, name };
    const sealed = await this.backend.load(handle);
    if (hash('sha256', sealed, 'hex') !== name) {
      throw new HoldfastError('STORED_FILE_DAMAGED', `${describeHandle(handle)} does not hold what was written to it.`);
    }
    const plain = openUnpacked(this.#codec, sealed, maximumUnpackedBytes);
    if (plain === null)
      throw new HoldfastError('STORED_FILE_DAMAGED', `${describeHandle(handle)} cannot be decrypted.`);
    return plain;
  }

  /** A JSON document as it is stored, and under which name. */
  seal(json: Buffer): { readonly name: string; readonly sealed: Buffer } {
    const sealed = sealUnpacked(this.#codec, this.config.version, json);
    return { name: hash('sha256', sealed, 'hex'), sealed };
  }

  /** Seals and stores a JSON document; returns its name. */
  async saveUnpacked(type: FileType, json: Buffer): Promise<string> {
    const { name, sealed } = this.seal(json);
    await this.backend.save({ type, name }, sealed);
    return name;
  }

  async saveSnapshot(snapshot: SnapshotFile): Promise<string> {
    return this.saveUnpacked('snapshots', encodeSnapshot(snapshot));
  }

  async loadSnapshot(id: string): Promise<SnapshotFile> {
    const json = await this.loadUnpacked('snapshots', id);
    const parsed = snapshotFileSchema.safeParse(parseJson(json));
    if (parsed.success) return parsed.data;
    throw new HoldfastError('STORED_FILE_DAMAGED', `snapshots/${id} does not describe a snapshot.`);
  }

  /** What a sealed snapshot file says, or null where it is not what it should be. */
  readSnapshot(sealed: Uint8Array): SnapshotFile | null {
    const plain = openUnpacked(this.#codec, sealed, maximumUnpackedBytes);
    const parsed = plain === null ? null : snapshotFileSchema.safeParse(parseJson(plain));
    return parsed?.success === true ? parsed.data : null;
  }

  /** Whether something sealed is of this repository. */
  opens(sealed: Uint8Array): boolean {
    return this.#codec.sealer.open(sealed) !== null;
  }
}

/** Makes a new repository with one password and opens it. Throws REPOSITORY_EXISTS where there is one. */
export async function initRepository(
  backend: Backend,
  password: string,
  options: { readonly version?: RepositoryVersion; readonly chunkerPolynomial?: string } = {},
): Promise<Repository> {
  const config: RepositoryConfig = {
    version: options.version ?? 2,
    id: randomBytes(32).toString('hex'),
    chunkerPolynomial: options.chunkerPolynomial ?? randomChunkerPolynomial(),
  };
  await backend.create();
  const leftovers = (await backend.list('keys')).map(({ name }) => name);
  const key = generateSealingKey();
  const { id: keyId } = await addKey(backend, key, password);
  try {
    // The config comes last: until it is there, nobody takes the folder for a repository.
    await backend.save(configHandle, sealConfig(key, config));
  } catch (error) {
    // Somebody else's came first. Any other failure may have left the config in place: the next init clears up then.
    if (error instanceof HoldfastError && error.code === 'REPOSITORY_EXISTS') await forgetKeys(backend, [keyId]);
    throw error;
  }
  await forgetKeys(backend, leftovers);
  return new Repository(backend, config, key, keyId);
}

export function sealConfig(key: SealingKey, { version, id, chunkerPolynomial }: RepositoryConfig): Buffer {
  const json = { version, id, chunker_polynomial: chunkerPolynomial };
  return sealUnpacked(new BlobCodec(key, version), 1, Buffer.from(JSON.stringify(json)));
}

/** What a sealed config says, or null where it is not one of this key that can be read. */
export function openConfig(key: SealingKey, sealed: Uint8Array): RepositoryConfig | null {
  const plain = new BlobCodec(key, 1).sealer.open(sealed);
  const parsed = plain === null ? null : configSchema.safeParse(parseJson(plain));
  if (parsed?.success !== true) return null;
  const { version, id, chunker_polynomial: chunkerPolynomial } = parsed.data;
  return version === 1 || version === 2 ? { version, id, chunkerPolynomial } : null;
}

/**
 * Keys of an init that did not end lead to a master key that opens nothing here. Whoever tried such a key first, with the
 * same password, would take the config for damaged.
 */
async function forgetKeys(backend: Backend, names: readonly string[]): Promise<void> {
  for (const name of names) await backend.remove({ type: 'keys', name }).catch(() => undefined);
}

/**
 * Throws NOT_A_REPOSITORY, WRONG_PASSWORD, REPOSITORY_DAMAGED (config or all keys unreadable) and
 * REPOSITORY_VERSION_UNSUPPORTED.
 */
export async function openRepository(backend: Backend, password: string): Promise<Repository> {
  const sealed = await backend.load(configHandle).catch(async (error: unknown) => {
    if (!(error instanceof HoldfastError) || !(await looksEmpty(backend, error))) throw error;
    throw new HoldfastError('NOT_A_REPOSITORY', `There is no repository at ${backend.location}.`, { cause: error });
  });
  const { key, keyId } = await openMasterKey(backend, password);
  const plain = new BlobCodec(key, 1).sealer.open(sealed);
  if (plain === null) throw new HoldfastError('REPOSITORY_DAMAGED', `The config of ${backend.location} is damaged.`);
  const version = z.object({ version: z.number() }).safeParse(parseJson(plain));
  if (version.success && version.data.version > 2) {
    const text = `${backend.location} is of version ${version.data.version}; this program knows versions 1 and 2.`;
    throw new HoldfastError('REPOSITORY_VERSION_UNSUPPORTED', text);
  }
  const config = openConfig(key, sealed);
  if (config === null)
    throw new HoldfastError('REPOSITORY_DAMAGED', `The config of ${backend.location} is not readable.`);
  return new Repository(backend, config, key, keyId);
}

/** A lost config beside keys or snapshots is damage; without them there never was a repository. */
async function looksEmpty(backend: Backend, error: HoldfastError): Promise<boolean> {
  if (error.code !== 'STORED_FILE_MISSING' && !isNotFolder(error)) return false;
  if (isNotFolder(error)) return true;
  const hasKeys = (await backend.list('keys')).length > 0;
  if (!hasKeys && (await backend.list('snapshots')).length === 0) return true;
  const what = hasKeys ? `The config of ${backend.location} is` : `The config and all keys of ${backend.location} are`;
  throw new HoldfastError('REPOSITORY_DAMAGED', `${what} missing.`, { cause: error });
}

function isNotFolder({ cause }: HoldfastError): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOTDIR';
}
