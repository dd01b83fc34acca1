/** One repository of the sandboxed GitHub: its settings, its bare repository on disk, and what belongs to it. */
import { rmSync } from 'node:fs';
import { BareRepository } from './git/bare.ts';
import { refuseForcedPushes } from './git/protected-branches.ts';
import { commitPages } from './git/wiki-pages.ts';
import {
  type BlockReason,
  type ProtectionRules,
  type RepositoryChange,
  type RepositoryOptions,
  type Switches,
} from './options.ts';
import { Releases, type AssetOptions, type ReleaseOptions } from './releases.ts';
import {
  Tracker,
  type CommentOptions,
  type IssueChange,
  type IssueOptions,
  type MilestoneOptions,
  type PullOptions,
} from './tracker.ts';
import { type Owner, type World } from './world.ts';

/** What a test or the demo does to a repository beside the REST calls. */
export type SandboxRepository = {
  readonly id: number;
  /** The bare repository on disk; made when this is first read. */
  readonly path: string;
  readonly cloneUrl: string;
  readonly wikiUrl: string;
  readonly defaultBranch: string;
  /** ISO-8601; null before the first push. */
  readonly pushedAt: string | null;
  /** As somebody who changes the settings on the site. */
  change(change: RepositoryChange): void;
  /** Takes refs over from a repository on disk, as a push would; all of them by default. */
  pushLocally(from: string, refspecs?: readonly string[]): void;
  /** Runs git in the bare repository; gives what it says. Throws when it fails. */
  git(args: readonly string[], input?: Uint8Array | string): string;
  /** For who has written into `path`: sets `pushedAt` (ISO-8601, now by default). */
  touch(at?: string): void;
  /** Its number. */
  addIssue(options: IssueOptions): number;
  /** Its number; makes `refs/pull/N/head`. Throws where there is no commit for it. */
  addPull(options: PullOptions): number;
  comment(number: number, options: CommentOptions): void;
  changeIssue(number: number, change: IssueChange): void;
  addLabel(name: string, color?: string, description?: string): void;
  addMilestone(title: string, options?: MilestoneOptions): void;
  /** Its id. Makes no tag. */
  addRelease(tag: string, assets?: readonly AssetOptions[], options?: ReleaseOptions): number;
  /** Commits pages to the wiki, which is there to clone and push from then on; gives its bare repository. */
  setWiki(pages?: Readonly<Record<string, string>>): string;
  /** From then on it can be neither deleted nor pushed over by force. */
  protect(branch: string, rules?: ProtectionRules): void;
  /** Nobody gets at it any more: 451 for `dmca`, 403 for the others. Null ends it. */
  block(reason: BlockReason | null): void;
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
  readonly tracker: Tracker;
  readonly releases: Releases;
  /** By the name of the branch. */
  readonly protections = new Map<string, ProtectionRules>();
  owner: Owner;
  name: string;
  isPrivate: boolean;
  isArchived: boolean;
  description: string | null;
  homepage: string | null = null;
  topics: readonly string[];
  hasWiki: boolean;
  hasIssues: boolean;
  switches: Switches = {
    has_projects: true,
    is_template: false,
    allow_squash_merge: true,
    allow_merge_commit: true,
    allow_rebase_merge: true,
    allow_auto_merge: false,
    allow_update_branch: false,
    delete_branch_on_merge: false,
    web_commit_signoff_required: false,
  };
  updatedAt: string;
  pushedAt: string | null = null;
  blocked: BlockReason | null = null;
  /** Null before the first page. */
  wiki: BareRepository | null = null;

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
    this.tracker = new Tracker(world);
    this.releases = new Releases(world, world.place('assets', String(id)));
  }

  get fullName(): string {
    return `${this.owner.login}/${this.name}`;
  }

  get cloneUrl(): string {
    return `${this.world.web}/${this.fullName}.git`;
  }

  get wikiUrl(): string {
    return `${this.world.web}/${this.fullName}.wiki.git`;
  }

  get path(): string {
    return this.bare.path;
  }

  get defaultBranch(): string {
    return this.bare.defaultBranch;
  }

  /** Where the objects of Git LFS lie. */
  get lfsFolder(): string {
    return this.world.place('lfs', String(this.id));
  }

  change(change: RepositoryChange): void {
    this.isPrivate = change.private ?? this.isPrivate;
    this.isArchived = change.archived ?? this.isArchived;
    if (change.description !== undefined) this.description = change.description;
    if (change.homepage !== undefined) this.homepage = change.homepage;
    this.topics = change.topics ?? this.topics;
    this.hasWiki = change.hasWiki ?? this.hasWiki;
    this.hasIssues = change.hasIssues ?? this.hasIssues;
    this.switches = { ...this.switches, ...change.switches };
    if (change.defaultBranch !== undefined) this.bare.defaultBranch = change.defaultBranch;
    this.updatedAt = new Date().toISOString();
  }

  git(args: readonly string[], input?: Uint8Array | string): string {
    return this.bare.git(args, input);
  }

  pushLocally(from: string, refspecs: readonly string[] = ['+refs/*:refs/*']): void {
    this.git(['fetch', '--quiet', '--no-write-fetch-head', from, ...refspecs]);
    this.touch();
  }

  touch(at: string = new Date().toISOString()): void {
    this.bare.adoptFirstBranch();
    this.pushedAt = at;
    this.updatedAt = at;
  }

  addIssue(options: IssueOptions): number {
    return this.tracker.add(options).number;
  }

  addPull(options: PullOptions): number {
    const sideOf = (ref: string, sha?: string) => ({ ref, sha: this.#commit(sha ?? `refs/heads/${ref}`) });
    const head = sideOf(options.head ?? this.defaultBranch, options.commit);
    const base = sideOf(options.base ?? this.defaultBranch, options.base === undefined ? options.commit : undefined);
    this.git(['update-ref', `refs/pull/${this.tracker.nextNumber}/head`, head.sha]);
    return this.tracker.add(options, this.tracker.pullOf(options, head, base)).number;
  }

  comment(number: number, options: CommentOptions): void {
    this.tracker.comment(number, options);
  }

  changeIssue(number: number, change: IssueChange): void {
    this.tracker.change(number, change);
  }

  addLabel(name: string, color?: string, description?: string): void {
    this.tracker.addLabel(name, color, description);
  }

  addMilestone(title: string, options?: MilestoneOptions): void {
    this.tracker.addMilestone(title, options);
  }

  addRelease(tag: string, assets?: readonly AssetOptions[], options?: ReleaseOptions): number {
    return this.releases.add(tag, assets, options).id;
  }

  setWiki(pages: Readonly<Record<string, string>> = { 'Home.md': `Welcome to the ${this.name} wiki!\n` }): string {
    this.wiki ??= new BareRepository(this.world.place('repositories', `${this.id}.wiki.git`), 'master');
    commitPages(this.wiki, pages);
    return this.wiki.path;
  }

  protect(branch: string, rules: ProtectionRules = {}): void {
    this.protections.set(branch, rules);
    refuseForcedPushes(this.bare, branch);
  }

  block(reason: BlockReason | null): void {
    this.blocked = reason;
  }

  discard(): void {
    this.bare.remove();
    this.wiki?.remove();
    this.releases.discard();
    rmSync(this.lfsFolder, { recursive: true, force: true });
  }

  #commit(revision: string): string {
    return this.git(['rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`]);
  }
}
