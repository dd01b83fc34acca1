/** Accounts and repositories as the REST API shows them. Every address in them is of the sandbox itself. */
import { levelOf, type Viewer } from '../access.ts';
import { type Repository } from '../repository.ts';
import { type Owner, type World } from '../world.ts';

/** GitHub's opaque name of a thing beside its number. */
export function nodeId(kind: string, id: number): string {
  return Buffer.from(`0:${kind}${id}`).toString('base64url');
}

const accountLinks = {
  followers_url: '/followers',
  following_url: '/following{/other_user}',
  gists_url: '/gists{/gist_id}',
  starred_url: '/starred{/owner}{/repo}',
  subscriptions_url: '/subscriptions',
  organizations_url: '/orgs',
  repos_url: '/repos',
  events_url: '/events{/privacy}',
  received_events_url: '/received_events',
} as const;

/** An account where it stands beside something else. */
export function presentAccount(world: World, login: string) {
  const owner = world.owner(login);
  const name = owner?.login ?? login;
  const url = `${world.api}/users/${name}`;
  const id = owner?.id ?? 10_137; // as GitHub shows those who are gone: the account `ghost`
  return {
    login: name,
    id,
    node_id: nodeId('User', id),
    avatar_url: `${world.web}/avatars/${id}`,
    gravatar_id: '',
    url,
    html_url: `${world.web}/${name}`,
    ...linksBelow(url, accountLinks),
    type: owner?.kind === 'organization' ? 'Organization' : 'User',
    user_view_type: 'public',
    site_admin: false,
  };
}

/** An account by itself, a user or an organization. */
export function presentOwner(world: World, owner: Owner) {
  return {
    ...presentAccount(world, owner.login),
    name: owner.login,
    company: null,
    blog: '',
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: owner.repositories.filter(({ isPrivate }) => !isPrivate).length,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: owner.createdAt,
    updated_at: owner.createdAt,
  };
}

export function presentOrganization(world: World, owner: Owner) {
  const url = `${world.api}/orgs/${owner.login}`;
  return {
    login: owner.login,
    id: owner.id,
    node_id: nodeId('Organization', owner.id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${world.web}/avatars/${owner.id}`,
    description: null,
    name: owner.login,
    has_organization_projects: true,
    has_repository_projects: true,
    public_repos: owner.repositories.filter(({ isPrivate }) => !isPrivate).length,
    public_gists: 0,
    followers: 0,
    following: 0,
    html_url: `${world.web}/${owner.login}`,
    type: 'Organization',
    created_at: owner.createdAt,
    updated_at: owner.createdAt,
    archived_at: null,
  };
}

const repositoryLinks = {
  forks_url: '/forks',
  keys_url: '/keys{/key_id}',
  collaborators_url: '/collaborators{/collaborator}',
  teams_url: '/teams',
  hooks_url: '/hooks',
  issue_events_url: '/issues/events{/number}',
  events_url: '/events',
  assignees_url: '/assignees{/user}',
  branches_url: '/branches{/branch}',
  tags_url: '/tags',
  blobs_url: '/git/blobs{/sha}',
  git_tags_url: '/git/tags{/sha}',
  git_refs_url: '/git/refs{/sha}',
  trees_url: '/git/trees{/sha}',
  statuses_url: '/statuses/{sha}',
  languages_url: '/languages',
  stargazers_url: '/stargazers',
  contributors_url: '/contributors',
  subscribers_url: '/subscribers',
  subscription_url: '/subscription',
  commits_url: '/commits{/sha}',
  git_commits_url: '/git/commits{/sha}',
  comments_url: '/comments{/number}',
  issue_comment_url: '/issues/comments{/number}',
  contents_url: '/contents/{+path}',
  compare_url: '/compare/{base}...{head}',
  merges_url: '/merges',
  archive_url: '/{archive_format}{/ref}',
  downloads_url: '/downloads',
  issues_url: '/issues{/number}',
  pulls_url: '/pulls{/number}',
  milestones_url: '/milestones{/number}',
  notifications_url: '/notifications{?since,all,participating}',
  labels_url: '/labels{/name}',
  releases_url: '/releases{/id}',
  deployments_url: '/deployments',
} as const;

/** A repository in a list. */
export function presentRepository(repository: Repository, viewer: Viewer) {
  const { world, fullName } = repository;
  const url = `${world.api}/repos/${fullName}`;
  const html = `${world.web}/${fullName}`;
  const level = levelOf(viewer, repository, 'contents');
  const openIssues = repository.tracker.issues.filter(({ state }) => state === 'open').length;
  return {
    id: repository.id,
    node_id: nodeId('Repository', repository.id),
    name: repository.name,
    full_name: fullName,
    private: repository.isPrivate,
    owner: presentAccount(world, repository.owner.login),
    html_url: html,
    description: repository.description,
    fork: repository.isFork,
    url,
    ...linksBelow(url, repositoryLinks),
    created_at: repository.createdAt,
    updated_at: repository.updatedAt,
    pushed_at: repository.pushedAt,
    git_url: `${html.replace('http:', 'git:')}.git`,
    ssh_url: `git@${new URL(world.web).hostname}:${fullName}.git`,
    clone_url: repository.cloneUrl,
    svn_url: html,
    homepage: repository.homepage,
    size: 0,
    stargazers_count: 0,
    watchers_count: 0,
    language: null,
    has_issues: repository.hasIssues,
    has_projects: repository.switches.has_projects,
    has_downloads: true,
    has_wiki: repository.hasWiki,
    has_pages: false,
    has_discussions: false,
    forks_count: 0,
    mirror_url: null,
    archived: repository.isArchived,
    disabled: repository.blocked !== null,
    open_issues_count: openIssues,
    license: null,
    allow_forking: true,
    is_template: repository.switches.is_template,
    web_commit_signoff_required: repository.switches.web_commit_signoff_required,
    topics: [...repository.topics],
    visibility: repository.isPrivate ? 'private' : 'public',
    forks: 0,
    open_issues: openIssues,
    watchers: 0,
    default_branch: repository.defaultBranch,
    permissions: {
      admin: level === 'write',
      maintain: level === 'write',
      push: level === 'write',
      triage: level === 'write',
      pull: level !== 'none',
    },
  };
}

/** A repository by itself. */
export function presentWholeRepository(repository: Repository, viewer: Viewer) {
  const { owner, world } = repository;
  return {
    ...presentRepository(repository, viewer),
    ...(owner.kind === 'organization' && { organization: presentAccount(world, owner.login) }),
    ...repository.switches,
    temp_clone_token: null,
    network_count: 0,
    subscribers_count: 0,
  };
}

/** Each name with the whole address of its path. */
function linksBelow<Names extends Readonly<Record<string, string>>>(
  url: string,
  paths: Names,
): { readonly [Name in keyof Names]: string } {
  return Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, `${url}${path}`])) as {
    [Name in keyof Names]: string;
  };
}
