/** What cannot be read at the source: looked for elsewhere, once for each blob, and named where nobody has it. */
import type { ErrorCode } from '../../../../shared/model/errors.ts';
import { BlobCodec } from '../blob-codec.ts';
import { BlobReader, type RangeLoader } from '../blob-reader.ts';
import type { BlobType } from '../blob-index.ts';
import type { Repository } from '../repository.ts';
import type { RepositoryWriter } from '../writer.ts';
import { standing } from './protocol.ts';
import type { CopyDamage, Rescue } from './request.ts';
import type { CopyPool, CopyThread } from './threads.ts';

/** More names than this help nobody. */
const namedDamage = 100;
/** Folders from elsewhere that are kept, because the threads cannot read them themselves. */
const keptFolderBytes = 256 * 1024 * 1024;

/** Reasons that are kept, each for its blob. */
const keptReasons = 10_000;

type Reason = { readonly code: ErrorCode; readonly message: string };
export type Unreadable = Reason & { readonly type: BlobType; readonly blob: string };
export type Found = { /** Null for data, which nobody needs to look into. */ readonly folder: Uint8Array | null };

export class RescuedBlobs {
  readonly #pool: CopyPool;
  readonly #writer: RepositoryWriter;
  readonly #rescue: Rescue | undefined;
  readonly #target: BlobReader;
  readonly #reasons = new Map<string, Reason>();
  readonly #attempts = new Map<string, Promise<Found | null>>();
  #keptBytes = 0;

  constructor(to: Repository, pool: CopyPool, writer: RepositoryWriter, rescue: Rescue | undefined) {
    const { backend, key, config } = to;
    this.#pool = pool;
    this.#writer = writer;
    this.#rescue = rescue;
    const load: RangeLoader = (name, range) => backend.load({ type: 'data', name }, range);
    this.#target = new BlobReader(new BlobCodec(key, config.version), writer.index, load);
  }

  /**
   * The blob is at the target, or on its way there, when this gives something; null where nobody has it. `why` it cannot be
   * read at the source counts the first time.
   */
  async find(thread: CopyThread, { type, blob, ...why }: Unreadable): Promise<Found | null> {
    const name = `${type}/${blob}`;
    const attempt = this.#attempts.get(name) ?? this.#find(thread, type, blob);
    if (!this.#attempts.has(name) && this.#reasons.size < keptReasons) this.#reasons.set(name, why);
    this.#attempts.set(name, attempt);
    return attempt;
  }

  /** Why a blob could not be read when that was tried. */
  reasonFor({ type, blob, code, message }: Unreadable): Reason {
    return this.#reasons.get(`${type}/${blob}`) ?? { code, message };
  }

  async #find(thread: CopyThread, type: BlobType, id: string): Promise<Found | null> {
    const found = await this.#fetch(thread, type, id);
    const entry = this.#pool.index.findHex(type, id);
    if (entry >= 0) Atomics.store(this.#pool.standings, entry, found === null ? standing.lost : standing.sent);
    return found;
  }

  async #fetch(thread: CopyThread, type: BlobType, id: string): Promise<Found | null> {
    // A folder that the target has is asked for only because it has to be looked into.
    const own = type === 'tree' ? await this.#target.load('tree', id).catch(() => null) : null;
    if (own !== null) return this.#keep(own);
    const plain = (await this.#rescue?.(type, id).catch(() => null)) ?? null;
    if (plain === null || !(await this.#writer.guard(thread.call('store', { type, id, plain })))) return null;
    return type === 'tree' ? this.#keep(plain) : { folder: null };
  }

  #keep(folder: Uint8Array): Found | null {
    this.#keptBytes += folder.length;
    return this.#keptBytes > keptFolderBytes ? null : { folder };
  }
}

/** What each snapshot of a batch cannot have. */
export class DamageList {
  readonly #damage = new Map<number, { first: { code: ErrorCode; message: string }; named: CopyDamage[] }>();

  add(root: number, code: ErrorCode, damage: CopyDamage): void {
    const { message } = damage;
    const known = this.#damage.get(root) ?? { first: { code, message }, named: [] };
    this.#damage.set(root, known);
    if (known.named.length < namedDamage) known.named.push(damage);
  }

  of(root: number): { readonly code: ErrorCode; readonly damage: readonly CopyDamage[] } | null {
    const known = this.#damage.get(root);
    return known === undefined ? null : { code: known.first.code, damage: known.named };
  }

  get isEmpty(): boolean {
    return this.#damage.size === 0;
  }
}
