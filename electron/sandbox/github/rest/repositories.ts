/** REST calls about one repository: its facts and settings, branches and their protection, topics. */
import { z } from 'zod';
import { type ProtectionRules, type Switches } from '../options.ts';
import { invalid, noContent, ok, Refusal, type Answer } from './answer.ts';
import { bodyOf, type RepositoryCall, type Route } from './call.ts';
import { page } from './paging.ts';
import { presentWholeRepository } from './present.ts';

export const repositoryRoutes: readonly Route<RepositoryCall>[] = [
  { method: 'GET', pattern: '', needs: 'metadata=read', answer: shown },
  { method: 'PATCH', pattern: '', needs: 'administration=write', answer: change },
  { method: 'DELETE', pattern: '', needs: 'administration=write', answer: remove },
  { method: 'GET', pattern: 'branches', needs: 'contents=read', answer: branches },
  { method: 'GET', pattern: 'branches/:branch', needs: 'contents=read', answer: branch },
  { method: 'GET', pattern: 'branches/:branch/protection', needs: 'administration=read', answer: protection },
  { method: 'GET', pattern: 'topics', needs: 'metadata=read', answer: topics },
  { method: 'PUT', pattern: 'topics', needs: 'administration=write', answer: setTopics },
];

const onOrOff = z.boolean().optional();
const switches = z.object({
  has_projects: onOrOff,
  is_template: onOrOff,
  allow_squash_merge: onOrOff,
  allow_merge_commit: onOrOff,
  allow_rebase_merge: onOrOff,
  allow_auto_merge: onOrOff,
  allow_update_branch: onOrOff,
  delete_branch_on_merge: onOrOff,
  web_commit_signoff_required: onOrOff,
});

const settings = switches.extend({
  name: z.string().optional(),
  description: z.string().nullish(),
  homepage: z.string().nullish(),
  private: z.boolean().optional(),
  visibility: z.enum(['public', 'private']).optional(),
  has_issues: z.boolean().optional(),
  has_wiki: z.boolean().optional(),
  archived: z.boolean().optional(),
  default_branch: z.string().optional(),
});

const newTopics = z.object({ names: z.array(z.string().regex(/^[a-z0-9][a-z0-9-]{0,49}$/)).max(20) });

function shown({ repository, viewer }: RepositoryCall): Answer {
  return ok(presentWholeRepository(repository, viewer));
}

function change(call: RepositoryCall): Answer {
  const { repository } = call;
  const wanted = bodyOf(call, settings, 'Repository');
  if (repository.isArchived && wanted.archived !== false) {
    throw new Refusal(403, 'Repository was archived so is read-only.');
  }
  const branchWanted = wanted.default_branch;
  if (branchWanted !== undefined && !repository.bare.hasBranch(branchWanted)) {
    throw new Refusal(
      422,
      `The branch ${branchWanted} was not found. Please push that ref first or create it via the Git Data API.`,
    );
  }
  const now = { ...repository.switches, ...onlySwitches(wanted) };
  // As GitHub has it: of the three ways to merge, one stays.
  if (!now.allow_squash_merge && !now.allow_merge_commit && !now.allow_rebase_merge) {
    throw new Refusal(422, 'Sorry, you need to allow at least one merge strategy. (no_merge_method)');
  }
  const isPrivate = wanted.private ?? (wanted.visibility === undefined ? undefined : wanted.visibility === 'private');
  repository.change({
    ...(wanted.description !== undefined && { description: wanted.description }),
    ...(wanted.homepage !== undefined && { homepage: wanted.homepage }),
    ...(isPrivate !== undefined && { private: isPrivate }),
    ...(wanted.has_issues !== undefined && { hasIssues: wanted.has_issues }),
    ...(wanted.has_wiki !== undefined && { hasWiki: wanted.has_wiki }),
    ...(wanted.archived !== undefined && { archived: wanted.archived }),
    ...(branchWanted !== undefined && { defaultBranch: branchWanted }),
    switches: now,
  });
  if (wanted.name !== undefined) rename(call, wanted.name);
  return shown(call);
}

function onlySwitches(wanted: z.output<typeof switches>): Partial<Switches> {
  return Object.fromEntries(Object.entries(switches.parse(wanted)).filter(([, value]) => value !== undefined));
}

function rename({ world, repository }: RepositoryCall, name: string): void {
  const there = world.find(repository.owner.login, name);
  const isTaken = there?.moved === false && there.repository !== repository;
  if (isTaken || !world.isName(name)) throw invalid('Repository', 'name', isTaken ? 'already_exists' : 'invalid');
  world.move(repository, repository.owner, name);
}

function remove({ repository, world }: RepositoryCall): Answer {
  world.remove(repository);
  return noContent;
}

function branches(call: RepositoryCall): Answer {
  const { repository } = call;
  const onlyProtected = call.query.get('protected') === 'true';
  const refs = repository.bare
    .refs('refs/heads/')
    .map(({ name, sha }) => ({ name: name.slice('refs/heads/'.length), sha }))
    .filter(({ name }) => !onlyProtected || repository.protections.has(name));
  return page(call, `/repositories/${repository.id}/branches`, refs, (one) => presentBranch(call, one));
}

function branch(call: RepositoryCall): Answer {
  const name = call.parameters['branch'] ?? '';
  const found = call.repository.bare.refs(`refs/heads/${name}`).find((ref) => ref.name === `refs/heads/${name}`);
  if (found === undefined) throw new Refusal(404, 'Branch not found');
  return ok(presentBranch(call, { name, sha: found.sha }));
}

function presentBranch({ repository, world }: RepositoryCall, { name, sha }: { name: string; sha: string }) {
  const url = `${world.api}/repos/${repository.fullName}`;
  return {
    name,
    commit: { sha, url: `${url}/commits/${sha}` },
    protected: repository.protections.has(name),
    protection_url: `${url}/branches/${encodeURIComponent(name)}/protection`,
  };
}

function protection({ repository, parameters, world }: RepositoryCall): Answer {
  const name = parameters['branch'] ?? '';
  if (!repository.bare.hasBranch(name)) throw new Refusal(404, 'Branch not found');
  const rules = repository.protections.get(name);
  if (rules === undefined) throw new Refusal(404, 'Branch not protected');
  const url = `${world.api}/repos/${repository.fullName}/branches/${encodeURIComponent(name)}/protection`;
  return ok(presentProtection(url, rules));
}

function presentProtection(
  url: string,
  { enforceAdmins = false, requiredApprovals = 0, requiredChecks }: ProtectionRules,
) {
  return {
    url,
    ...(requiredChecks !== undefined && {
      required_status_checks: {
        url: `${url}/required_status_checks`,
        strict: false,
        contexts: [...requiredChecks],
        contexts_url: `${url}/required_status_checks/contexts`,
        checks: requiredChecks.map((context) => ({ context, app_id: null })),
      },
    }),
    ...(requiredApprovals > 0 && {
      required_pull_request_reviews: {
        url: `${url}/required_pull_request_reviews`,
        dismiss_stale_reviews: false,
        require_code_owner_reviews: false,
        require_last_push_approval: false,
        required_approving_review_count: requiredApprovals,
      },
    }),
    enforce_admins: { url: `${url}/enforce_admins`, enabled: enforceAdmins },
    required_linear_history: { enabled: false },
    allow_force_pushes: { enabled: false },
    allow_deletions: { enabled: false },
    block_creations: { enabled: false },
    required_conversation_resolution: { enabled: false },
    lock_branch: { enabled: false },
    allow_fork_syncing: { enabled: false },
  };
}

function topics({ repository }: RepositoryCall): Answer {
  return ok({ names: [...repository.topics] });
}

function setTopics(call: RepositoryCall): Answer {
  const { repository } = call;
  if (repository.isArchived) throw new Refusal(403, 'Repository was archived so is read-only.');
  repository.change({ topics: bodyOf(call, newTopics, 'Repository').names });
  return topics(call);
}
