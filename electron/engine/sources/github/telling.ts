/** What a run tells of the repositories of an owner: what is whole, what is missing and why, what may not be seen. */
import type { Issue } from '../../../../shared/contract/common.ts';
import type { SourceException } from '../../../../shared/model/source-exceptions.ts';
import { tellLosses } from '../git/tell-losses.ts';
import type { CapturedItem, PrepareContext } from '../source.ts';
import { type Brought } from './bring-repository.ts';
import { type TokenFacts } from './client.ts';
import { type Discovery } from './discovery.ts';
import { type Exceptions } from './exceptions.ts';
import { type Owner } from './listing.ts';
import { type MetadataProblem } from './metadata.ts';
import { unseenRepositories } from './preview.ts';
import { type RepositoryRecord, type SourceState } from './state.ts';

type TellingParts = {
  readonly context: PrepareContext;
  readonly owner: Owner;
  readonly facts: TokenFacts;
  readonly state: SourceState;
  readonly exceptions: Exceptions;
  /** Of the folder below the root; it is the first part of every path in the snapshot. */
  readonly name: string;
  /** ISO-8601. */
  readonly startedAt: string;
};

export class Telling {
  readonly items: CapturedItem[] = [];
  readonly #parts: TellingParts;
  /** Permissions that are missing, with how many repositories it is felt in. */
  readonly #unread = new Map<string, { readonly problem: MetadataProblem; count: number }>();

  constructor(parts: TellingParts) {
    this.#parts = parts;
  }

  pathOf(folder: string): string {
    return `/${this.#parts.name}/${folder}.git`;
  }

  /** Also keeps in its record what is missing of it, and when it was last whole. */
  ofBrought(folder: string, record: RepositoryRecord, { problems, unread, lost, failure }: Brought): void {
    const { context, startedAt } = this.#parts;
    const path = this.pathOf(folder);
    for (const { code, message } of problems) context.onIssue({ path, code, message });
    tellLosses(context, path, lost);
    for (const { ref, kind, commits, keptAs } of lost) {
      const what = kind === 'forced' ? 'was force-pushed' : 'was deleted';
      context.onNotice(`${path}: ${ref} ${what}; ${commits} commits are kept as ${keptAs}.`);
    }
    for (const problem of unread) this.#ofPart(path, problem);
    // A right to read the protection of branches is given to few; all else was asked for.
    const troubles = [...problems, ...unread.filter(({ part }) => part !== 'protection')];
    const isBlocked = troubles.some(({ code }) => code === 'GITHUB_BLOCKED');
    const [trouble] = troubles;
    const since = record.partial?.since ?? startedAt;
    record.partial = trouble === undefined ? null : { reason: trouble.message, since, isBlocked };
    if (failure !== null) return;
    if (trouble === undefined) record.wholeAt = startedAt;
    this.items.push({ path, complete: trouble === undefined });
  }

  ofMissing(issue: Issue): void {
    this.#parts.context.onIssue(issue);
    this.items.push({ path: issue.path, complete: false });
  }

  /** It stays listed, and is no alarm. */
  ofAccepted({ path, code, message }: Issue, { reason }: SourceException, sinceMs: number): void {
    const { context } = this.#parts;
    context.onFinding({ kind: 'missing', item: path, sinceMs, accepted: reason });
    context.onIssue({ path, code, message: `Accepted (${reason}). ${message}` });
    this.items.push({ path, complete: false, accepted: true });
  }

  async ofLost({ lost, unusable }: Discovery): Promise<void> {
    const { context, owner, exceptions } = this.#parts;
    for (const record of lost) {
      const { name, folder, lost: how } = record;
      const code = how?.state === 'blocked' ? 'GITHUB_BLOCKED' : 'GITHUB_NOT_FOUND';
      const reason = how?.reason ?? 'GitHub lists it no more.';
      const path = this.pathOf(folder ?? name);
      const sinceMs = Date.parse(how?.since ?? '') || context.nowMs();
      const message = `${owner.login}/${name} is not listed any more. ${reason}`;
      const accepted = await exceptions.of(record, folder ?? name);
      if (accepted !== null) this.ofAccepted({ path, code, message }, accepted, sinceMs);
      else {
        context.onFinding({ kind: 'missing', item: path, sinceMs });
        this.ofMissing({ path, code, message });
      }
    }
    for (const name of unusable) {
      const message = `GitHub lists ${JSON.stringify(name)}, which is no name of a repository.`;
      context.onIssue({ path: owner.login, code: 'GITHUB_ANSWER_INVALID', message });
    }
  }

  /** Once for all repositories: the same right is missing in each. */
  ofUnread(): void {
    const { context, owner } = this.#parts;
    for (const { problem, count } of this.#unread.values()) {
      const where = count === 1 ? 'one repository' : `${count} repositories`;
      const message = `Not read in ${where}: ${words[problem.part]}. ${problem.message}`;
      context.onIssue({ path: owner.login, code: problem.code, message });
    }
  }

  /** In words, for whoever looks at the source later. */
  mayNotSee(): readonly string[] {
    const { owner, facts, state } = this.#parts;
    const seesPrivate = [...state.repositories.values()].some(({ isListed, facts: of }) => isListed && of.isPrivate);
    const parts = [...this.#unread.values()].map(({ problem, count }) => {
      const where = count === 1 ? 'of one repository' : `of ${count} repositories`;
      const needs = problem.permission === null ? '' : ` (it takes ${problem.permission})`;
      return `${upperFirst(words[problem.part])} ${where}${needs}`;
    });
    return [...unseenRepositories(owner, facts, seesPrivate), ...parts];
  }

  #ofPart(path: string, problem: MetadataProblem): void {
    const { part, code, message, permission } = problem;
    if (code !== 'GITHUB_FORBIDDEN') {
      this.#parts.context.onIssue({ path, code, message });
      return;
    }
    const key = `${part} ${permission ?? ''}`;
    const known = this.#unread.get(key);
    this.#unread.set(key, { problem: known?.problem ?? problem, count: (known?.count ?? 0) + 1 });
  }
}

const words: Readonly<Record<MetadataProblem['part'], string>> = {
  settings: 'settings',
  issues: 'issues and comments',
  pulls: 'pull requests and reviews',
  releases: 'releases',
  protection: 'protection of branches',
};

function upperFirst(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
