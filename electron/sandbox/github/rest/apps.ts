/** REST calls of GitHub Apps: where they are installed, and the tokens of an installation. */
import { z } from 'zod';
import { addInstallationToken, isInstalledIn, type App, type Installation } from '../apps.ts';
import { type Repository } from '../repository.ts';
import { type World } from '../world.ts';
import { badCredentials, created, noContent, notAccessible, notFound, ok, Refusal, type Answer } from './answer.ts';
import { bodyOf, numberOf, type Call, type RepositoryCall, type Route } from './call.ts';
import { page } from './paging.ts';
import { nodeId, presentAccount, presentRepository } from './present.ts';

export const appRoutes: readonly Route[] = [
  { method: 'GET', pattern: 'app', answer: (call) => ok(presentApp(call.world, appOf(call))) },
  { method: 'GET', pattern: 'app/installations', answer: installations },
  {
    method: 'GET',
    pattern: 'app/installations/:id',
    answer: (call) => ok(presentInstallation(call.world, installationOf(call))),
  },
  { method: 'POST', pattern: 'app/installations/:id/access_tokens', answer: createToken },
  { method: 'GET', pattern: 'orgs/:login/installation', answer: installationOfOwner },
  { method: 'GET', pattern: 'users/:login/installation', answer: installationOfOwner },
  { method: 'GET', pattern: 'installation/repositories', answer: repositories },
  { method: 'DELETE', pattern: 'installation/token', answer: revoke },
];

export const repositoryAppRoutes: readonly Route<RepositoryCall>[] = [
  { method: 'GET', pattern: 'installation', answer: installationOfRepository },
];

const wantedToken = z.object({
  repositories: z.array(z.string()).optional(),
  repository_ids: z.array(z.number()).optional(),
  permissions: z.record(z.string(), z.enum(['read', 'write'])).optional(),
});

function installations(call: Call): Answer {
  const all = call.access.apps.installations(appOf(call));
  return page(call, '/app/installations', all, (one) => presentInstallation(call.world, one));
}

function createToken(call: Call): Answer {
  const { access } = call;
  const installation = installationOf(call);
  const wanted = bodyOf(call, wantedToken, 'AccessToken');
  const ofInstallation = installation.owner.repositories.filter((one) => isInstalledIn(installation, one));
  const chosen = chosenOf(ofInstallation, wanted.repositories, wanted.repository_ids);
  const permissions = wanted.permissions ?? installation.permissions;
  const isTooMuch = Object.entries(permissions).some(([name, level]) => {
    const granted = installation.permissions[name];
    return granted === undefined || (level === 'write' && granted === 'read');
  });
  if (isTooMuch) throw new Refusal(422, 'The permissions requested are not granted to this installation.');
  const ids = chosen === null ? null : new Set(chosen.map(({ id }) => id));
  const token = addInstallationToken(access, installation, ids, { metadata: 'read', ...permissions });
  return created({
    token: token.text,
    expires_at: token.expiresAt.replace(/\.\d+Z$/, 'Z'),
    permissions,
    repository_selection: chosen === null && installation.repositoryIds === null ? 'all' : 'selected',
    ...(chosen !== null && { repositories: chosen.map((one) => presentRepository(one, token)) }),
  });
}

/** Null: none were chosen. Throws for one that the app is not installed in. */
function chosenOf(all: readonly Repository[], names?: readonly string[], ids?: readonly number[]): Repository[] | null {
  if (names === undefined && ids === undefined) return null;
  const byName = (names ?? []).map((name) => all.find((one) => one.name.toLowerCase() === name.toLowerCase()));
  const byId = (ids ?? []).map((id) => all.find((one) => one.id === id));
  const found = [...byName, ...byId].filter((one) => one !== undefined);
  if (found.length < byName.length + byId.length) {
    throw new Refusal(
      422,
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    );
  }
  return found;
}

function installationOfOwner(call: Call): Answer {
  const owner = call.world.owner(call.parameters['login'] ?? '');
  const found = call.access.apps.installations(appOf(call)).find((one) => one.owner === owner);
  if (found === undefined) throw notFound();
  return ok(presentInstallation(call.world, found));
}

function installationOfRepository(call: RepositoryCall): Answer {
  const found = call.access.apps.installations(appOf(call)).find((one) => isInstalledIn(one, call.repository));
  if (found === undefined) throw notFound();
  return ok(presentInstallation(call.world, found));
}

function repositories(call: Call): Answer {
  const { viewer } = call;
  if (viewer === null) throw badCredentials();
  if (viewer.installation === null) throw notAccessible(viewer, 'metadata=read');
  const all = viewer.installation.owner.repositories.filter((one) => viewer.covers(one));
  const selection = viewer.installation.repositoryIds === null ? 'all' : 'selected';
  return page(
    call,
    '/installation/repositories',
    all,
    (one) => presentRepository(one, viewer),
    (shown) => ({ total_count: all.length, repository_selection: selection, repositories: shown }),
  );
}

function revoke({ viewer, access }: Call): Answer {
  if (viewer?.kind !== 'installation') throw badCredentials();
  access.revoke(viewer.text);
  return noContent;
}

function appOf({ viewer }: Call): App {
  const app = viewer?.app ?? null;
  if (app === null) throw new Refusal(401, 'A JSON web token could not be decoded');
  return app;
}

function installationOf(call: Call): Installation {
  const found = call.access.apps.installation(appOf(call), numberOf(call, 'id'));
  if (found === undefined) throw notFound();
  return found;
}

function presentApp(world: World, { id, slug }: App) {
  return {
    id,
    slug,
    node_id: nodeId('App', id),
    name: slug,
    owner: presentAccount(world, 'operator'),
    html_url: `${world.web}/apps/${slug}`,
    events: [],
  };
}

function presentInstallation(world: World, installation: Installation) {
  const { id, app, owner, permissions, repositoryIds } = installation;
  return {
    id,
    account: presentAccount(world, owner.login),
    repository_selection: repositoryIds === null ? 'all' : 'selected',
    access_tokens_url: `${world.api}/app/installations/${id}/access_tokens`,
    repositories_url: `${world.api}/installation/repositories`,
    html_url: `${world.web}/organizations/${owner.login}/settings/installations/${id}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: owner.id,
    target_type: owner.kind === 'organization' ? 'Organization' : 'User',
    permissions,
    events: [],
    created_at: owner.createdAt,
    updated_at: owner.createdAt,
    single_file_name: null,
    suspended_at: null,
    suspended_by: null,
  };
}
