/** What becomes of refs and repositories when they are given back, in words that are literally true. Pure. */
import type {
  GitRestoreResult,
  RestoredGitRepository,
  RestoredPart,
  RestoredRef,
} from '../../../../shared/contract/git.ts';
import { formatCount } from '../../../../shared/model/units.ts';
import { shortId, shortRef } from '../../../components/git-words.ts';
import type { Said } from '../../../components/tone.ts';
import type { GitSelection, TargetDraft } from './git-draft.ts';

export const gitSteps = ['What', 'Where', 'Preflight', 'Run', 'Report'] as const;
export type GitStep = (typeof gitSteps)[number];

const planned: Readonly<Record<RestoredRef['action'], Said>> = {
  create: { tone: 'good', words: 'create' },
  'fast-forward': { tone: 'good', words: 'fast-forward' },
  overwrite: { tone: 'fail', words: 'overwrite' },
  delete: { tone: 'fail', words: 'delete' },
  leave: { tone: 'none', words: 'leave' },
  unchanged: { tone: 'none', words: 'is so already' },
};

const done: Readonly<Record<RestoredRef['action'], string>> = {
  create: 'created',
  'fast-forward': 'fast-forwarded',
  overwrite: 'overwritten',
  delete: 'deleted',
  leave: 'left as it was',
  unchanged: 'was so already',
};

export function sayRef({ action, result }: Pick<RestoredRef, 'action' | 'result'>): Said {
  if (result === 'failed') return { tone: 'fail', words: 'failed' };
  if (result === 'heldBack') return { tone: 'part', words: 'held back' };
  if (result === 'planned') return planned[action];
  return { tone: action === 'leave' || action === 'unchanged' ? 'none' : 'good', words: done[action] };
}

const plannedParts: Readonly<Record<RestoredPart['action'], Said>> = {
  create: { tone: 'good', words: 'create' },
  set: { tone: 'good', words: 'set' },
  finish: { tone: 'good', words: 'publish' },
  replace: { tone: 'fail', words: 'replace' },
  leave: { tone: 'none', words: 'leave as it is' },
  unchanged: { tone: 'none', words: 'is so already' },
};

const doneParts: Readonly<Record<RestoredPart['action'], string>> = {
  create: 'created',
  set: 'set',
  finish: 'published',
  replace: 'replaced',
  leave: 'left as it was',
  unchanged: 'was so already',
};

export function sayPart({ action, result }: Pick<RestoredPart, 'action' | 'result'>): Said {
  if (result === 'failed') return { tone: 'fail', words: 'failed' };
  if (result === 'heldBack') return { tone: 'part', words: 'held back' };
  if (result === 'planned') return plannedParts[action];
  return { tone: action === 'leave' || action === 'unchanged' ? 'none' : 'good', words: doneParts[action] };
}

/** Switches of a repository, by their names in the API. */
const switches: Readonly<Record<string, string>> = {
  has_issues: 'issues',
  has_projects: 'projects',
  has_wiki: 'wiki',
  is_template: 'template',
  allow_squash_merge: 'squash merging',
  allow_merge_commit: 'merge commits',
  allow_rebase_merge: 'rebase merging',
  allow_auto_merge: 'auto-merge',
  allow_update_branch: 'updating of branches',
  delete_branch_on_merge: 'deletion of merged branches',
  web_commit_signoff_required: 'sign-off on the web',
};

/** What a part is called for people. */
export function sayPartName({ kind, name }: Pick<RestoredPart, 'kind' | 'name'>): string {
  return kind === 'setting' && Object.hasOwn(switches, name) ? (switches[name] ?? name) : name;
}

/** What is there, or what the snapshot has; null for nothing. */
export function sayPartValue({ kind, name }: Pick<RestoredPart, 'kind' | 'name'>, value: string | null): string | null {
  if (value === null || value === '') return null;
  if (kind === 'wiki') return shortId(value);
  const isSwitch = kind === 'setting' && Object.hasOwn(switches, name);
  return isSwitch ? (value === 'true' ? 'on' : 'off') : value;
}

export function sayRepositoryState(state: RestoredGitRepository['state']): Said {
  const words: Readonly<Record<RestoredGitRepository['state'], Said>> = {
    planned: { tone: 'none', words: 'can be given back' },
    done: { tone: 'good', words: 'given back' },
    partial: { tone: 'part', words: 'not all of it' },
    failed: { tone: 'fail', words: 'failed' },
    empty: { tone: 'none', words: 'has no refs' },
  };
  return words[state];
}

export function sayVerified({ verified }: Pick<RestoredGitRepository, 'verified'>): Said {
  if (verified === null) return { tone: 'none', words: 'not looked at' };
  const { otherRefs, otherParts, sound, problem, connectivityOnly } = verified;
  if (!sound)
    return { tone: 'fail', words: problem === null ? 'a fresh clone does not pass git fsck' : 'could not be verified' };
  if (otherRefs.length > 0)
    return { tone: 'part', words: `${formatCount(otherRefs.length)} refs are not as in the snapshot` };
  if (otherParts.length > 0)
    return { tone: 'part', words: `${formatCount(otherParts.length)} settings or releases are not as in the snapshot` };
  return {
    tone: 'good',
    words: connectivityOnly ? 'same refs, clone connected' : 'same refs, git fsck passed',
  };
}

export type RefCounts = GitRestoreResult['refs'];

/** Whether a dry run says that it would be written. */
export function willChange({ action, result }: { readonly action: string; readonly result: string }): boolean {
  return result === 'planned' && action !== 'leave' && action !== 'unchanged';
}

/** Whether anything on the target goes for good. */
export function takesAway(repositories: readonly RestoredGitRepository[]): readonly {
  readonly repository: string;
  readonly name: string;
  readonly from: string | null;
  readonly how: string;
}[] {
  return repositories.flatMap(({ name: repository, refs, parts }) => {
    const ofRefs = refs
      .filter(({ action, result }) => result === 'planned' && (action === 'overwrite' || action === 'delete'))
      .map(({ name, from, action }) => ({
        repository,
        name: shortRef(name),
        from: from === null ? null : shortId(from),
        how: action === 'delete' ? 'deleted' : 'overwritten',
      }));
    const ofParts = parts
      .filter((part) => part.result === 'planned' && isLoss(part))
      .map(({ kind, name, from }) => ({
        repository,
        name: `${kind} ${name}`,
        from: kind === 'wiki' && from !== null ? shortId(from) : from,
        how: 'replaced',
      }));
    return [...ofRefs, ...ofParts];
  });
}

/** What was cut off nobody can use. */
function isLoss({ kind, action, from }: RestoredPart): boolean {
  if (action === 'replace') return from !== 'cut off';
  return (kind === 'setting' || kind === 'topics') && action === 'set' && from !== null && !usual.has(from);
}

/** Nothing, or what can be switched back. */
const usual: ReadonlySet<string> = new Set(['', 'true', 'false']);

/** What could go wrong from this step on, and how to go back. */
export function gitRisks(step: GitStep, draft: TargetDraft, { ref }: Pick<GitSelection, 'ref'>): readonly string[] {
  if (step === 'What') {
    return [
      'Nothing is written yet: these steps only choose.',
      'What was pushed after the snapshot was taken is not in it. A later snapshot may have it.',
    ];
  }
  const server = draft.kind === 'github' || draft.kind === 'url';
  return [
    step === 'Where'
      ? 'Nothing is written yet. The preflight asks the target for its refs, and lists what would become of each.'
      : 'Nothing is written before the restore is started.',
    draft.overwrite
      ? 'Branches and tags of the target that hold other commits are overwritten: those commits are then on no branch of it any more. Holdfast keeps no copy of them unless a source protects the target.'
      : 'A branch or tag of the target whose commits would be lost is held back: it stays as it is, and is named.',
    draft.deletes && ref === null
      ? 'Branches and tags that only the target has are deleted there.'
      : 'Branches and tags that only the target has are left.',
    server
      ? 'What was pushed cannot be undone from here. Who cloned the target in between has what was there.'
      : 'What was written into the folder can be removed by hand; nothing else is touched.',
    ...(draft.kind === 'github' && draft.beside && ref === null
      ? ['Issues and pull requests stay in the snapshot: GitHub alone gives them numbers, authors and times.']
      : server
        ? ['Issues, pull requests and releases stay in the snapshot: this gives Git back, with LFS.']
        : []),
    ...(draft.verify ? [] : ['Without verifying nobody knows whether the target has what the snapshot holds.']),
  ];
}
