/** One repository of the sandboxed GitHub: its settings, its bare repository on disk, and what belongs to it. */
import { BareRepository } from './git/bare.ts';
import { type RepositoryChange, type RepositoryOptions } from './options.ts';
import { type Owner, type World } from './world.ts';

/** What a test or the demo does to a repository beside the REST calls. */
export type SandboxRepository = {
  readonly id: number;
  /** The bare repository on disk; made when this is first read. */
  readonly path: string;
  readonly cloneUrl: string;
  /** ISO-8601; null before the first push. */
  readonly pushedAt: string | null;
  /** As somebody who changes the settings on the site. */
  change(change: RepositoryChange): void;
  /** Takes refs over from a repository on disk, as a push would; all of them by default. */
  pushLocally(from: string, refspecs?: readonly string[]): void;
  /** For who has written into `path`: sets `pushedAt` (ISO-8601, now by default). */
  touch(at?: string): void;
};

type Made = {
  readonly world: World;
  readonly id: number;
  readonly owner: Owner;
  readonly name: string;
  readonly options: RepositoryOptions;
};

export class Repository implements SandboxRepository {
  readonly id: number;
  readonly world: World;
  readonly createdAt: string;
  readonly isFork: boolean;
  readonly bare: BareRepository;
  owner: Owner;
  name: string;
  isPrivate: boolean;
  isArchived: boolean;
  description: string | null;
  topics: readonly string[];
  hasWiki: boolean;
  hasIssues: boolean;
  updatedAt: string;
  pushedAt: string | null = null;

  constructor({ world, id, owner, name, options }: Made) {
    this.world = world;
    this.id = id;
    this.owner = owner;
    this.name = name;
    this.createdAt = options.createdAt ?? new Date().toISOString();
    this.updatedAt = this.createdAt;
    this.isPrivate = options.private ?? false;
    this.isArchived = options.archived ?? false;
    this.isFork = options.fork ?? false;
    this.description = options.description ?? null;
    this.topics = options.topics ?? [];
    this.hasWiki = options.hasWiki ?? true;
    this.hasIssues = options.hasIssues ?? true;
    this.bare = new BareRepository(world.place('repositories', `${id}.git`), options.defaultBranch ?? 'main');
  }

  get fullName(): string {
    return `${this.owner.login}/${this.name}`;
  }

  get cloneUrl(): string {
    return `${this.world.web}/${this.fullName}.git`;
  }

  get path(): string {
    return this.bare.path;
  }

  get defaultBranch(): string {
    return this.bare.defaultBranch;
  }

  change(change: RepositoryChange): void {
    this.isPrivate = change.private ?? this.isPrivate;
    this.isArchived = change.archived ?? this.isArchived;
    if (change.description !== undefined) this.description = change.description;
    this.topics = change.topics ?? this.topics;
    this.hasWiki = change.hasWiki ?? this.hasWiki;
    this.hasIssues = change.hasIssues ?? this.hasIssues;
    if (change.defaultBranch !== undefined) this.bare.defaultBranch = change.defaultBranch;
    this.updatedAt = new Date().toISOString();
  }

  pushLocally(from: string, refspecs: readonly string[] = ['+refs/*:refs/*']): void {
    void this.path;
    this.bare.git(['fetch', '--quiet', '--no-write-fetch-head', from, ...refspecs]);
    this.touch();
  }

  touch(at: string = new Date().toISOString()): void {
    this.bare.adoptFirstBranch();
    this.pushedAt = at;
    this.updatedAt = at;
  }

  discard(): void {
    this.bare.remove();
  }
}
