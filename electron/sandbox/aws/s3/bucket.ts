/** A bucket: its keys in the order of their bytes, and of each key the versions, newest first. */
import { randomBytes } from 'node:crypto';
import { type Content } from '../contents.ts';
import { type ChecksumName } from '../protocol/checksums.ts';
import { type XmlTree } from '../protocol/xml.ts';

/** A key as it is ordered and held: each unit of the string is one byte of its UTF-8. */
export type RawKey = string;

export const rawKeyOf = (key: string): RawKey => Buffer.from(key, 'utf8').toString('latin1');
export const keyText = (raw: RawKey): string => Buffer.from(raw, 'latin1').toString('utf8');

export type Retention = { readonly mode: 'GOVERNANCE' | 'COMPLIANCE'; readonly untilMs: number };
export type Checksum = {
  readonly name: ChecksumName;
  /** Base64; of parts with `-` and their number. */
  readonly value: string;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
};

export type ObjectVersion = {
  readonly key: RawKey;
  /** `null` for what was written without versioning. */
  readonly id: string;
  /** Null: a delete marker. */
  readonly content: Content | null;
  /** Without quotes. */
  readonly etag: string;
  readonly modifiedMs: number;
  /** What was said of it when it was written: `content-type`, `x-amz-meta-…`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly storageClass: string;
  readonly checksum: Checksum | null;
  /** Sizes of the parts it was uploaded in; null for one piece. */
  readonly parts: readonly number[] | null;
  readonly encryption: Readonly<Record<string, string>>;
  tags: readonly (readonly [string, string])[];
  retention: Retention | null;
  legalHold: boolean;
  /** From when until when a copy of what is archived can be read. */
  restored: { readonly readyMs: number; readonly untilMs: number } | null;
  /** Where Intelligent-Tiering has put what nobody has read for long; no list says so. */
  archiveTier?: ArchiveTier | null;
};

export type ArchiveTier = 'ARCHIVE_ACCESS' | 'DEEP_ARCHIVE_ACCESS';

export type NewVersion = Omit<ObjectVersion, 'id'>;

export type Upload = {
  readonly id: string;
  readonly key: RawKey;
  readonly startedMs: number;
  readonly about: Pick<ObjectVersion, 'headers' | 'storageClass' | 'encryption' | 'tags' | 'retention' | 'legalHold'>;
  readonly checksum: { readonly name: ChecksumName; readonly type: Checksum['type'] } | null;
  readonly parts: Map<number, Part>;
};

export type Part = {
  readonly content: Content;
  readonly etag: string;
  readonly md5: Buffer;
  readonly modifiedMs: number;
  readonly checksum: { readonly name: ChecksumName; readonly value: Buffer };
};

export type DefaultRetention = { readonly mode: Retention['mode']; readonly days: number };

export class Bucket {
  readonly name: string;
  readonly region: string;
  readonly account: string;
  readonly createdMs: number;
  versioning: 'off' | 'Enabled' | 'Suspended' = 'off';
  /** Null: it was made without Object Lock. */
  lock: { default: DefaultRetention | null } | null = null;
  tags: readonly (readonly [string, string])[] = [];
  encryption: Readonly<Record<string, string>> = { 'x-amz-server-side-encryption': 'AES256' };
  /** What was configured and is only given back: `lifecycle`. */
  readonly documents = new Map<string, XmlTree>();
  readonly uploads = new Map<string, Upload>();
  readonly #versions = new Map<RawKey, ObjectVersion[]>();
  readonly #keys: RawKey[] = [];

  constructor(about: Pick<Bucket, 'name' | 'region' | 'account' | 'createdMs'>) {
    this.name = about.name;
    this.region = about.region;
    this.account = about.account;
    this.createdMs = about.createdMs;
  }

  /** Also keys of which there are only delete markers. */
  get keys(): readonly RawKey[] {
    return this.#keys;
  }

  /** The first place in `keys` that is not before `key`. */
  placeOf(key: RawKey): number {
    let [from, to] = [0, this.#keys.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.#keys[middle] ?? '') < key) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  versions(key: RawKey): readonly ObjectVersion[] {
    return this.#versions.get(key) ?? [];
  }

  current(key: RawKey): ObjectVersion | undefined {
    return this.#versions.get(key)?.[0];
  }

  version(key: RawKey, id: string): ObjectVersion | undefined {
    return this.#versions.get(key)?.find((version) => version.id === id);
  }

  /** As the newest; takes the place of the version without an id where versions are not kept. */
  put(fresh: NewVersion): ObjectVersion {
    const version: ObjectVersion = { ...fresh, id: this.versioning === 'Enabled' ? newId() : 'null' };
    if (version.id === 'null') this.removeVersion(fresh.key, 'null');
    const versions = this.#versions.get(fresh.key);
    if (versions === undefined) {
      this.#versions.set(fresh.key, [version]);
      this.#keys.splice(this.placeOf(fresh.key), 0, fresh.key);
    } else versions.unshift(version);
    return version;
  }

  removeVersion(key: RawKey, id: string): void {
    const versions = this.#versions.get(key) ?? [];
    const at = versions.findIndex((version) => version.id === id);
    if (at === -1) return;
    const [removed] = versions.splice(at, 1);
    removed?.content?.drop();
    if (versions.length > 0) return;
    this.#versions.delete(key);
    this.#keys.splice(this.placeOf(key), 1);
  }
}

/** Does not tell when it was made. */
export function newId(): string {
  return randomBytes(24).toString('base64url');
}
