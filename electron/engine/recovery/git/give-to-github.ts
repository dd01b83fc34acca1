/**
 * A repository given back to GitHub with what it has there beside its refs. Refs come first, since settings and releases
 * name branches and tags; then settings, topics, releases, the wiki; what is archived can be changed no more, so that is last.
 */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import {
  planReleases,
  planSettings,
  planTopics,
  planVisibility,
  type PlannedPart,
  type PlannedRelease,
  type RepositoryFacts,
  type SeenRelease,
} from '../../../../shared/model/github-restore-plan.ts';
import { baseRaw, dirRaw, joinRaw } from '../../platform/raw-path.ts';
import { giveReleases, sayReleases } from './give-releases.ts';
import { giveSettings, giveTopics } from './give-settings.ts';
import { githubOf, giveToServer } from './give-to-server.ts';
import { giveWiki, pushWiki, sayNewWiki } from './give-wiki.ts';
import { readKept, type KeptRepository, type StoredAsset } from './kept-of-github.ts';
import { bearable, failed, failedBy, isGoing, partProblems, settled, type PartOutcome } from './parts.ts';
import type { Given, GitRestoreRequest } from './restore-git.ts';
import { wikiEnd, type FoundRepository } from './snapshot-tree.ts';
import type { GitHubTargets, Place } from './targets.ts';

type HubPlace = Extract<Place, { kind: 'github' }>;

/** GITHUB_ARCHIVED, GITHUB_…, GIT_TARGET_REFUSED, and what unpacking raises. */
export async function giveToGitHub(
  request: GitRestoreRequest,
  found: FoundRepository,
  place: HubPlace,
): Promise<Given> {
  const hub = githubOf(request);
  if (request.refs !== null || !request.beside) return giveToServer(request, found, place);
  if (found.path.endsWith(wikiEnd)) return pushWiki(request, found, (await hub.find(place.repository)) ?? '');
  return new Beside(request, found, place, hub).give();
}

type Plan = {
  readonly visibility: PlannedPart;
  readonly settings: readonly PlannedPart[];
  readonly topics: readonly PlannedPart[];
  readonly releases: readonly PlannedRelease<StoredAsset>[];
  /** Of releases that could not be asked for. */
  readonly unread: readonly PartOutcome[];
};

class Beside {
  readonly #request: GitRestoreRequest;
  readonly #found: FoundRepository;
  readonly #place: HubPlace;
  readonly #hub: GitHubTargets;

  constructor(request: GitRestoreRequest, found: FoundRepository, place: HubPlace, hub: GitHubTargets) {
    this.#request = request;
    this.#found = found;
    this.#place = place;
    this.#hub = hub;
  }

  async give(): Promise<Given> {
    const kept = await readKept(this.#request.source.tree, this.#found.path);
    const seen = await this.#hub.look(this.#place.repository);
    const plan = await this.#plan(kept, seen, this.#request.overwrite);
    const { dryRun } = this.#request;
    if (dryRun || seen?.isArchived === true) {
      const planned = await this.#say(kept, seen, plan);
      if (seen?.isArchived === true) refuseArchived(planned);
      if (dryRun) return planned;
    }
    return this.#write(kept, seen, plan);
  }

  async #plan(kept: KeptRepository, seen: RepositoryFacts | null, overwrite: boolean): Promise<Plan> {
    const { facts } = kept;
    const wishes = { overwrite };
    const visibility = planVisibility(this.#place.isPrivate, seen, facts?.isPrivate ?? null);
    const settings = facts === null ? [] : planSettings(facts.settings, seen?.settings ?? null, wishes);
    const topics = facts === null ? [] : planTopics(facts.topics, seen?.topics ?? [], wishes);
    const base = { visibility, settings, topics };
    try {
      const isAsked = seen !== null && kept.releases.length > 0;
      const there: readonly SeenRelease[] = isAsked ? await this.#hub.releases(this.#place.repository) : [];
      return { ...base, releases: planReleases(kept.releases, there, wishes), unread: [] };
    } catch (error) {
      const { code, message } = bearable(error);
      return { ...base, releases: [], unread: [failed(allReleases, code, message)] };
    }
  }

  async #say(kept: KeptRepository, seen: RepositoryFacts | null, plan: Plan): Promise<Given> {
    const request = { ...this.#request, dryRun: true };
    const given = await giveToServer(request, this.#found, this.#place);
    const outcomes = [
      settled(plan.visibility, true),
      ...[...plan.settings, ...plan.topics].map((part) => settled(part, true)),
      ...plan.unread,
      ...sayReleases(plan.releases, tagsOf(given)),
      ...(await this.#wiki(request, kept, seen)),
      ...planArchived(kept, seen, given, request.overwrite).map((part) => settled(part, true)),
    ];
    return { ...given, parts: outcomes.map(({ part }) => part), notGivenBack: kept.notGivenBack };
  }

  async #write(kept: KeptRepository, seen: RepositoryFacts | null, plan: Plan): Promise<Given> {
    const { facts } = kept;
    const { source, verify, overwrite } = this.#request;
    const { repository: name } = this.#place;
    const given = await giveToServer(this.#request, this.#found, this.#place);
    const visibility = settled(plan.visibility, false);
    const settings =
      facts === null
        ? []
        : [
            ...(await giveSettings(this.#hub, name, facts, plan.settings)),
            ...(await giveTopics(this.#hub, name, facts, plan.topics)),
          ];
    const request = { hub: this.#hub, name, source, tags: tagsOf(given) };
    const releases = [...plan.unread, ...(await giveReleases(request, plan.releases))];
    const wiki = await this.#wiki(this.#request, kept, seen);
    const compared = verify ? await this.#compare(kept, [...settings, ...releases]) : [...settings, ...releases];
    const before = [visibility, ...compared, ...wiki];
    const problems = [...given.problems, ...partProblems(before)];
    const archived = await this.#archive(planArchived(kept, seen, given, overwrite), problems.length > 0);
    const outcomes = [...before, ...archived];
    const all = [...given.problems, ...partProblems(outcomes)];
    const otherParts = compared.flatMap(({ part, code }) => (code === 'GIT_NOT_VERIFIED' ? [part.name] : []));
    return {
      ...given,
      state: all.length > 0 ? 'partial' : given.state,
      parts: outcomes.map(({ part }) => part),
      notGivenBack: kept.notGivenBack,
      verified: given.verified === null ? null : { ...given.verified, otherParts },
      problem: all[0]?.message ?? null,
      problems: all,
    };
  }

  async #wiki(
    request: GitRestoreRequest,
    { facts }: KeptRepository,
    seen: RepositoryFacts | null,
  ): Promise<readonly PartOutcome[]> {
    const { path } = this.#found;
    const name = `${baseRaw(path).slice(0, -'.git'.length)}${wikiEnd}`;
    const own = (await request.source.tree.folders(dirRaw(path)))?.find((folder) => folder.name === name);
    if (own === undefined) return [];
    // Switched off, it can be neither seen nor written; its history stays in the snapshot.
    if (facts?.settings.has_wiki === false) return [settled(switchedOff, request.dryRun)];
    if (request.dryRun && seen === null) return [sayNewWiki()];
    const url = this.#hub.wikiUrl(this.#place.repository);
    return giveWiki(request, { path: joinRaw(dirRaw(path), name), tree: own.tree }, url);
  }

  /** What was done and is not so, seen anew. */
  async #compare(kept: KeptRepository, outcomes: readonly PartOutcome[]): Promise<readonly PartOutcome[]> {
    let others: ReadonlySet<string>;
    try {
      const seen = await this.#hub.look(this.#place.repository);
      const { settings, topics, releases, unread } = await this.#plan(kept, seen, true);
      if (unread[0] !== undefined) throw new HoldfastError('GIT_NOT_VERIFIED', unread[0].part.problem ?? '');
      const all = [...settings, ...topics, ...releases.flatMap(({ part, assets }) => [part, ...assets.map(partIn)])];
      others = new Set(all.flatMap((part) => (part.action === 'unchanged' ? [] : [keyOf(part)])));
    } catch (error) {
      const { message } = bearable(error);
      return [...outcomes, failed(comparison, 'GIT_NOT_VERIFIED', `It could not be seen again: ${message}`)];
    }
    return outcomes.map((outcome) => {
      const { part, code } = outcome;
      if (code !== null || part.result !== 'done' || part.action === 'leave' || !others.has(keyOf(part)))
        return outcome;
      const problem = 'GitHub has taken it, and does not show it as it is in the snapshot.';
      return { part: { ...part, result: 'failed' as const, problem }, code: 'GIT_NOT_VERIFIED' as const };
    });
  }

  async #archive(planned: readonly PlannedPart[], hasProblems: boolean): Promise<readonly PartOutcome[]> {
    const outcomes: PartOutcome[] = [];
    for (const part of planned) {
      if (!isGoing(part)) outcomes.push(settled(part, false));
      else if (hasProblems) {
        const words = 'It is not archived, because nothing could be added to it then: something is missing.';
        outcomes.push(failed(part, 'GITHUB_UNFINISHED', words));
      } else {
        try {
          await this.#hub.archive(this.#place.repository);
          outcomes.push(settled(part, false));
        } catch (error) {
          outcomes.push(failedBy(part, error));
        }
      }
    }
    return outcomes;
  }
}

const single = { action: 'create', from: null, to: null, heldBack: false } as const;
const allReleases: PlannedPart = { ...single, kind: 'release', name: 'all' };
const comparison: PlannedPart = { ...single, kind: 'setting', name: 'comparison' };
const switchedOff: PlannedPart = { ...single, kind: 'wiki', name: 'wiki', action: 'leave', to: 'switched off' };

function partIn({ part }: { readonly part: PlannedPart }): PlannedPart {
  return part;
}

function keyOf({ kind, name }: Pick<PlannedPart, 'kind' | 'name'>): string {
  return `${kind} ${name}`;
}

/** A repository that has something of its own is nobody's to archive unasked. */
function planArchived(
  { facts }: KeptRepository,
  seen: RepositoryFacts | null,
  { refs }: Given,
  overwrite: boolean,
): readonly PlannedPart[] {
  const [from, to] = [seen?.isArchived ?? false, facts?.isArchived ?? false];
  if (!from && !to) return [];
  const hasOwn = refs.some(({ action, result }) => action === 'leave' || result === 'heldBack');
  const action = from === to ? 'unchanged' : to ? 'set' : 'leave';
  const heldBack = action === 'set' && seen !== null && hasOwn && !overwrite;
  return [{ kind: 'archived', name: 'archived', action, from: String(from), to: String(to), heldBack }];
}

/** As in the snapshot there, or planned to be. */
function tagsOf({ refs }: Given): ReadonlySet<string> {
  const prefix = 'refs/tags/';
  const there = refs.filter(
    ({ name, action, result, to }) =>
      name.startsWith(prefix) && to !== null && action !== 'leave' && (result === 'done' || result === 'planned'),
  );
  return new Set(there.map(({ name }) => name.slice(prefix.length)));
}

function refuseArchived({ refs, parts = [] }: Given): void {
  const isSame = ({ action, result }: { readonly action: string; readonly result: string }): boolean =>
    action === 'unchanged' || action === 'leave' || result === 'heldBack' || result === 'failed';
  if (refs.every(isSame) && parts.every(isSame)) return;
  throw new HoldfastError(
    'GITHUB_ARCHIVED',
    'The repository is archived at the target, and not all is there as in the snapshot.',
  );
}
