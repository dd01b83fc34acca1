/**
 * An organization or user of GitHub as a source: what it has is listed, each repository that was chosen is brought up to
 * date, several at once, and one that fails keeps none of the others from it.
 */
import { join } from 'node:path';
import { HoldfastError, toHoldfastError, type ErrorCode } from '../../../../shared/model/errors.ts';
import type { SourceException } from '../../../../shared/model/source-exceptions.ts';
import type { GitHubFilters } from '../../../../shared/model/github-filters.ts';
import { tellRepaired, type BringMirror } from '../git/bring-mirror.ts';
import { lookThrough, withDamage } from '../git/look-through.ts';
import { makeFolders } from '../../platform/make-folders.ts';
import type { Prepared, PrepareContext, RemoteSource } from '../source.ts';
import { bringRepository, mirrorOf, type MirrorOf, type Parts } from './bring-repository.ts';
import { GitHubClient, type ClientOptions, type TokenFacts } from './client.ts';
import { type GitHubCredential } from './credential.ts';
import { discover } from './discovery.ts';
import { Exceptions, goneCodes } from './exceptions.ts';
import { foldersOf, moveFolders } from './folders.ts';
import { findOwner, type ListedRepository, type Owner } from './listing.ts';
import { workFolder } from './names.ts';
import { recordsOf, saveOrganisation } from './organisation.ts';
import { inParallel, Slots } from '../parallel.ts';
import { readState, StateKeeper, type RepositoryRecord, type SourceState } from './state.ts';
import { Telling } from './telling.ts';

export type GitHubSourceOptions = {
  /** The login of the organization or user. */
  readonly owner: string;
  /** `https://api.github.com`, or `https://HOST/api/v3`. */
  readonly api: string;
  readonly credential: GitHubCredential;
  readonly filters: GitHubFilters;
  readonly parts: Parts;
  /** How old the last look at every object of a mirror may get. */
  readonly verifyEveryMs: number;
  /** Repositories that are known to be gone or closed. */
  readonly exceptions: readonly SourceException[];
  /** Of the folder below the root; it is the first part of every path in the snapshot. */
  readonly name: string;
  /** The operator knows that the owner has much less than before. */
  readonly allowShrunk?: boolean;
  /** How long a client waits; as it is by default. */
  readonly patience?: Pick<ClientOptions, 'sleep' | 'retryMs'>;
};

/** Processes of Git. */
const mirroredAtOnce = 4;
/** With those of which only metadata is asked for. */
const broughtAtOnce = 8;
/** What one repository cannot have for itself: the others would fail of it too. */
const fatal: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'CANCELLED',
  'GITHUB_REFUSED',
  'GITHUB_LIMITED',
  'GIT_MISSING',
  'NO_SPACE',
  'READ_ONLY',
]);

export function githubSource(options: GitHubSourceOptions): RemoteSource {
  return {
    prepare: async (context) => {
      const { api, credential, patience, name, owner: login } = options;
      const root = join(context.root, folderName(name));
      const { signal, onNotice, nowMs } = context;
      const startedAt = new Date(nowMs()).toISOString();
      const client = await GitHubClient.open({ api, credential, signal, onNotice, nowMs, ...patience });
      const owner = await findOwner(client, login);
      await makeFolders(join(root, workFolder));
      const facts = await client.tokenFacts();
      // An installation's tokens live an hour and are renewed.
      if (facts.expiresAt !== null && credential.kind === 'token')
        context.onFinding({ kind: 'expires', atMs: Date.parse(facts.expiresAt) });
      const state = await openState(root, client, owner, onNotice);
      return new Run({ options, context, client, facts, owner, root, state, startedAt }).bring();
    },
  };
}

type RunParts = {
  readonly options: GitHubSourceOptions;
  readonly context: PrepareContext;
  readonly client: GitHubClient;
  readonly facts: TokenFacts;
  readonly owner: Owner;
  readonly root: string;
  readonly state: SourceState;
  /** ISO-8601. */
  readonly startedAt: string;
};

class Run {
  readonly #parts: RunParts;
  readonly #keeper: StateKeeper;
  readonly #slots = new Slots(mirroredAtOnce);
  readonly #exceptions: Exceptions;
  readonly #telling: Telling;
  readonly #failures: HoldfastError[] = [];
  /** Mirrors that were found damaged while they were fetched, by path below the root. */
  readonly #damaged = new Set<string>();
  #folders: ReadonlyMap<number, string> = new Map();
  #done = { items: 0, bytes: 0 };
  #totals = { items: 0, bytes: 0 };

  constructor(parts: RunParts) {
    this.#parts = parts;
    this.#keeper = new StateKeeper(parts.root, parts.state);
    this.#exceptions = new Exceptions(parts.options.exceptions, parts.owner.login, parts.root, parts.context.nowMs);
    this.#telling = new Telling({ ...parts, name: parts.options.name, exceptions: this.#exceptions });
  }

  async bring(): Promise<Prepared> {
    const { options, context, client, owner, root, state } = this.#parts;
    const discovery = await discover({
      client,
      owner,
      isApp: options.credential.kind === 'app',
      keepsSettings: !options.parts.issues,
      filters: options.filters,
      state,
      allowShrunk: options.allowShrunk === true,
      isAccepted: (record) => this.#exceptions.named(record) !== null,
      nowMs: context.nowMs(),
    });
    await this.#moveFolders();
    await this.#telling.ofLost(discovery);
    const { selected, lost } = discovery;
    if (selected.length + lost.length === 0) {
      const message = 'The filters leave out every repository: nothing is protected.';
      context.onIssue({ path: owner.login, code: 'SOURCE_EMPTIED', message });
    }
    this.#totals = { items: selected.length, bytes: selected.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0) };
    this.#progress(null);
    try {
      await inParallel(selected, broughtAtOnce, (repository) => this.#bringOne(repository, discovery.sentMs));
    } finally {
      await saveOrganisation(root, owner, state, this.#telling.mayNotSee());
      await this.#keeper.save();
    }
    const [first] = this.#failures;
    if (first !== undefined && this.#failures.length === selected.length) throw first;
    this.#telling.ofUnread();
    const items = this.#telling.items.toSorted((a, b) => (a.path < b.path ? -1 : 1));
    const looked = await lookThrough({
      context,
      root,
      name: options.name,
      everyMs: options.verifyEveryMs,
      damaged: this.#damaged,
      onMirror: (path) => this.#progress(path.replace(/\.git$/, '')),
      repairOf: ({ path }) => this.#repairOf(path),
    });
    return { folder: root, excludes: [`/${workFolder}/`], ...withDamage(items, looked) };
  }

  /** Of any mirror there is, whatever GitHub still has of it. */
  async #repairOf(path: string): Promise<BringMirror> {
    const { options, context, client, owner, root, state } = this.#parts;
    const [, folder = '', suffix = ''] = /^(.+?)(\.wiki)?\.git$/.exec(path) ?? [];
    const record = [...state.repositories.values()].find((one) => one.folder === folder) ?? null;
    const repairing = this.#repairing(folder, record);
    const of = { client, owner, root, folder, parts: options.parts, nowMs: context.nowMs, repairing };
    const bringing = await mirrorOf({ ...of, name: record?.name ?? folder, onProgress: () => undefined }, suffix);
    return record === null ? { ...bringing, url: null } : bringing;
  }

  #repairing(folder: string, record: RepositoryRecord | null): MirrorOf['repairing'] {
    const { context } = this.#parts;
    return (suffix) => {
      const item = this.#telling.pathOf(`${folder}${suffix}`);
      return {
        inSnapshots: () => context.inSnapshots(item),
        onRepaired: (repaired) => {
          // What a snapshot gave may be behind what GitHub has.
          if (record !== null && repaired.snapshot !== null) record.mirrored = null;
          tellRepaired(context, item, repaired);
        },
      };
    };
  }

  async #moveFolders(): Promise<void> {
    const { root, state } = this.#parts;
    this.#folders = foldersOf([...state.repositories.values()]);
    for (const [id, folder] of await moveFolders(root, [...state.repositories.values()])) {
      const record = state.repositories.get(id);
      if (record !== undefined) record.folder = folder;
    }
    await this.#keeper.save();
  }

  /** What fails for one repository is told and remembered; what would fail for all is thrown. */
  async #bringOne(repository: ListedRepository, sentMs: number): Promise<void> {
    const { options, context, client, owner, root, state } = this.#parts;
    const record = state.repositories.get(repository.id);
    if (record === undefined) return;
    this.#progress(repository.name);
    const folder = this.#folders.get(repository.id) ?? repository.name;
    const request = { client, owner, repository, record, root, folder, sentMs };
    try {
      const brought = await bringRepository({
        ...request,
        parts: options.parts,
        slots: this.#slots,
        nowMs: context.nowMs,
        onProgress: () => this.#progress(repository.name),
        repairing: this.#repairing(folder, record),
      });
      record.seenAtMs = context.nowMs();
      this.#telling.ofBrought(folder, record, brought);
      if (brought.failure !== null) await this.#failed(folder, record, brought.failure);
      else record.failed = null;
    } catch (error) {
      const failure = toHoldfastError(error);
      if (fatal.has(failure.code)) throw failure;
      await this.#failed(folder, record, failure);
    }
    this.#done = { items: this.#done.items + 1, bytes: this.#done.bytes + repository.sizeBytes };
    this.#progress(repository.name);
    await this.#keeper.changed();
  }

  async #failed(folder: string, record: RepositoryRecord, { code, message }: HoldfastError): Promise<void> {
    const path = this.#telling.pathOf(folder);
    const since = record.failed?.since ?? this.#parts.startedAt;
    record.failed = { reason: message, since, isBlocked: code === 'GITHUB_BLOCKED' };
    if (code === 'GIT_MIRROR_DAMAGED') this.#damaged.add(`${folder}.git`);
    const accepted = goneCodes.has(code) ? await this.#exceptions.of(record, folder) : null;
    if (accepted !== null) this.#telling.ofAccepted({ path, code, message }, accepted, Date.parse(since));
    else {
      this.#telling.ofMissing({ path, code, message });
      this.#failures.push(new HoldfastError(code, message));
    }
  }

  #progress(name: string | null): void {
    const { context, owner } = this.#parts;
    context.onProgress({
      doneItems: this.#done.items,
      doneBytes: this.#done.bytes,
      currentItem: name === null ? null : `${owner.login}/${name}`,
      totals: this.#totals,
    });
  }
}

function folderName(name: string): string {
  if (/^[a-z\d][\w.-]{0,99}$/i.test(name)) return name;
  throw new HoldfastError('BAD_USAGE', `A folder for mirrors cannot be called ${JSON.stringify(name)}.`);
}

/** MIRRORS_TAKEN where the folder is of another owner. A state that was lost or damaged is begun anew from what lies there. */
async function openState(
  root: string,
  client: GitHubClient,
  owner: Owner,
  onNotice: (text: string) => void,
): Promise<SourceState> {
  const { api } = client.addresses;
  const known = await readState(root);
  if (known !== null && known !== 'damaged') {
    if (known.api === api && known.owner.id === owner.id) return { ...known, owner };
    throw new HoldfastError('MIRRORS_TAKEN', `The mirrors in ${root} are of ${known.owner.login} at ${known.api}.`);
  }
  if (known === 'damaged') onNotice('What was known of earlier runs is damaged: everything is looked at again.');
  return { api, owner, repositories: new Map(await recordsOf(root, owner.id)) };
}
