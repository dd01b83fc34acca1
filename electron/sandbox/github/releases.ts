/** Releases of one repository, and their assets, which lie on disk. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type World } from './world.ts';

export type AssetOptions = {
  readonly name: string;
  readonly content: Uint8Array | string;
  readonly contentType?: string;
};

export type ReleaseOptions = {
  readonly name?: string | null;
  readonly body?: string | null;
  readonly draft?: boolean;
  readonly prerelease?: boolean;
  /** A branch or commit; the default branch by default. */
  readonly target?: string;
  readonly author?: string;
  readonly createdAt?: string;
};

export type Asset = {
  readonly id: number;
  readonly name: string;
  readonly label: string | null;
  readonly contentType: string;
  readonly size: number;
  /** As in `sha256:…`; null of one that was cut off. */
  readonly digest: string | null;
  /** `starter`: its upload was cut off, and its name is taken. */
  readonly state: 'uploaded' | 'starter';
  readonly createdAt: string;
};

export type Release = {
  readonly id: number;
  readonly tag: string;
  readonly name: string | null;
  readonly body: string | null;
  isDraft: boolean;
  readonly isPrerelease: boolean;
  readonly target: string | null;
  readonly author: string;
  readonly createdAt: string;
  readonly assets: Asset[];
};

export class Releases {
  readonly #world: World;
  readonly #folder: string;
  /** Oldest first. */
  readonly all: Release[] = [];

  constructor(world: World, folder: string) {
    this.#world = world;
    this.#folder = folder;
  }

  add(tag: string, assets: readonly AssetOptions[] = [], options: ReleaseOptions = {}): Release {
    const release: Release = {
      id: this.#world.nextId(),
      tag,
      name: options.name ?? null,
      body: options.body ?? null,
      isDraft: options.draft ?? false,
      isPrerelease: options.prerelease ?? false,
      target: options.target ?? null,
      author: options.author ?? 'operator',
      createdAt: options.createdAt ?? new Date().toISOString(),
      assets: [],
    };
    this.all.push(release);
    for (const { name, content, contentType = 'application/octet-stream' } of assets) {
      const place = this.placeForUpload();
      writeFileSync(place, content);
      const bytes = Buffer.from(content);
      const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
      this.adopt(release, place, { name, label: null, contentType, size: bytes.length, digest });
    }
    return release;
  }

  /** A file that is written and then given to `adopt`. */
  placeForUpload(): string {
    mkdirSync(this.#folder, { recursive: true });
    return join(this.#folder, `${randomUUID()}.new`);
  }

  adopt(release: Release, place: string, facts: Omit<Asset, 'id' | 'createdAt' | 'state'>): Asset {
    const asset: Asset = { ...facts, state: 'uploaded', id: this.#world.nextId(), createdAt: new Date().toISOString() };
    renameSync(place, this.pathOf(asset));
    release.assets.push(asset);
    return asset;
  }

  /** What an upload leaves that was cut off: a name without content. */
  addStarter(release: Release, facts: Pick<Asset, 'name' | 'label' | 'contentType'>): void {
    const empty = { size: 0, digest: null, state: 'starter' as const };
    release.assets.push({ ...facts, ...empty, id: this.#world.nextId(), createdAt: new Date().toISOString() });
  }

  /** Whether there was one. */
  removeAsset(id: number): boolean {
    const release = this.all.find(({ assets }) => assets.some((asset) => asset.id === id));
    const asset = this.asset(id);
    if (release === undefined || asset === undefined) return false;
    release.assets.splice(release.assets.indexOf(asset), 1);
    rmSync(this.pathOf(asset), { force: true });
    return true;
  }

  /** Where its content lies. */
  pathOf(asset: Asset): string {
    return join(this.#folder, String(asset.id));
  }

  release(id: number): Release | undefined {
    return this.all.find((release) => release.id === id);
  }

  asset(id: number): Asset | undefined {
    return this.all.flatMap(({ assets }) => assets).find((asset) => asset.id === id);
  }

  discard(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
