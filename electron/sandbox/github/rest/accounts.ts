/** REST calls about accounts: who asks, organizations, users, and the lists of their repositories. */
import { sees } from '../access.ts';
import { type Repository } from '../repository.ts';
import { type Owner } from '../world.ts';
import { needsAuthentication, notFound, notAccessible, ok, type Answer } from './answer.ts';
import { numberOf, type Call, type Route } from './call.ts';
import { page } from './paging.ts';
import { presentOrganization, presentOwner, presentRepository } from './present.ts';

export const accountRoutes: readonly Route[] = [
  { method: 'GET', pattern: '', answer: (call) => ok({ current_user_url: `${call.world.api}/user` }) },
  { method: 'GET', pattern: 'rate_limit', answer: rateLimit },
  { method: 'GET', pattern: 'user', answer: viewerAsUser },
  { method: 'GET', pattern: 'user/repos', answer: repositoriesOfViewer },
  { method: 'GET', pattern: 'users/:login', answer: (call) => ok(presentOwner(call.world, ownerOf(call))) },
  {
    method: 'GET',
    pattern: 'orgs/:login',
    answer: (call) => ok(presentOrganization(call.world, organizationOf(call))),
  },
  { method: 'GET', pattern: 'users/:login/repos', answer: (call) => repositoriesOfUser(call, ownerOf(call)) },
  { method: 'GET', pattern: 'user/:id/repos', answer: (call) => repositoriesOfUser(call, ownerById(call)) },
  {
    method: 'GET',
    pattern: 'orgs/:login/repos',
    answer: (call) => repositoriesOfOrganization(call, organizationOf(call)),
  },
  {
    method: 'GET',
    pattern: 'organizations/:id/repos',
    answer: (call) => repositoriesOfOrganization(call, ownerById(call)),
  },
];

function rateLimit({ rateLimit: limit }: Call): Answer {
  const core = { ...limit.facts(), resource: 'core' };
  const search = { limit: 30, remaining: 30, reset: core.reset, used: 0, resource: 'search' };
  return ok({ resources: { core, search }, rate: core });
}

function viewerAsUser({ world, viewer }: Call): Answer {
  if (viewer === null) throw needsAuthentication();
  const owner = world.owner(viewer.login);
  if (viewer.installation !== null || viewer.app !== null || owner === undefined) throw notAccessible(viewer, '');
  return ok(presentOwner(world, owner));
}

function ownerOf({ world, parameters }: Call): Owner {
  const owner = world.owner(parameters['login'] ?? '');
  if (owner === undefined) throw notFound();
  return owner;
}

export function organizationOf(call: Call): Owner {
  const owner = ownerOf(call);
  if (owner.kind !== 'organization') throw notFound();
  return owner;
}

function ownerById(call: Call): Owner {
  const owner = call.world.ownerById(numberOf(call, 'id'));
  if (owner === undefined) throw notFound();
  return owner;
}

/** All that the viewer may see, of the kind that is asked for. */
function repositoriesOfOrganization(call: Call, owner: Owner): Answer {
  const { viewer, query } = call;
  const shown = owner.repositories.filter(
    (repository) => sees(viewer, repository) && isOfType(repository, query.get('type') ?? 'all'),
  );
  return list(call, `/organizations/${owner.id}/repos`, sorted(shown, query, 'created'));
}

/** What is public, whoever asks: as on GitHub, where `/user/repos` lists the rest. */
function repositoriesOfUser(call: Call, owner: Owner): Answer {
  const shown = owner.repositories.filter(({ isPrivate }) => !isPrivate);
  return list(call, `/user/${owner.id}/repos`, sorted(shown, call.query, 'full_name'));
}

function repositoriesOfViewer(call: Call): Answer {
  const { world, viewer, query } = call;
  if (viewer === null) throw needsAuthentication();
  if (viewer.installation !== null || viewer.app !== null) throw notAccessible(viewer, '');
  const isMine = (repository: Repository): boolean => repository.owner === world.owner(viewer.login);
  const onlyMine = query.get('affiliation') === 'owner' || query.get('type') === 'owner';
  const visibility = query.get('visibility') ?? query.get('type') ?? 'all';
  const shown = [...world.repositories()].filter(
    (repository) =>
      viewer.covers(repository) &&
      (!onlyMine || isMine(repository)) &&
      (!['public', 'private'].includes(visibility) || isOfType(repository, visibility)),
  );
  return list(call, '/user/repos', sorted(shown, query, 'full_name'));
}

function list(call: Call, path: string, repositories: readonly Repository[]): Answer {
  return page(call, path, repositories, (repository) => presentRepository(repository, call.viewer));
}

function isOfType(repository: Repository, type: string): boolean {
  if (type === 'public') return !repository.isPrivate;
  if (type === 'private') return repository.isPrivate;
  if (type === 'forks') return repository.isFork;
  return type === 'sources' ? !repository.isFork : true;
}

/** By name upwards and by time downwards, unless asked otherwise. */
function sorted(repositories: readonly Repository[], query: URLSearchParams, usual: string): Repository[] {
  const by = query.get('sort') ?? usual;
  const isUp = (query.get('direction') ?? (by === 'full_name' ? 'asc' : 'desc')) === 'asc';
  const keyOf = (repository: Repository): string => {
    if (by === 'full_name') return repository.fullName.toLowerCase();
    if (by === 'pushed') return repository.pushedAt ?? '';
    return by === 'updated' ? repository.updatedAt : repository.createdAt;
  };
  const keyed = repositories.map((repository) => ({ key: keyOf(repository), repository }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.repository.id - b.repository.id));
  if (!isUp) keyed.reverse();
  return keyed.map(({ repository }) => repository);
}
