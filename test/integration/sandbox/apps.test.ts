import { generateKeyPairSync, sign } from 'node:crypto';
import { App } from 'octokit';
import { expect, test } from 'vitest';
import { octokitOf, OctokitHere } from '../../support/octokit.ts';
import { describePeer } from '../../support/peers.ts';
import { makeHubPlace, type HubPlace } from '../../support/sandbox-github.ts';

const tools = { owner: 'acme', repo: 'tools' };

function filled({ github }: HubPlace): void {
  github.createOwner('acme');
  github.createOwner('umbrella');
  github.createRepository('acme', 'tools', { private: true });
  github.createRepository('acme', 'other', { private: true });
  github.createRepository('umbrella', 'secret', { private: true });
}

test('octokit gets itself a token for an installation, which sees what it is installed in', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  filled(place);
  const { appId, privateKeyPem, installationId } = github.addApp({ owner: 'acme' });
  const app = new App({ appId, privateKey: privateKeyPem, Octokit: OctokitHere.defaults({ baseUrl: github.api }) });
  expect((await app.octokit.rest.apps.getAuthenticated()).data?.id).toBe(appId);
  const found = await app.octokit.rest.apps.getOrgInstallation({ org: 'acme' });
  expect(found.data).toMatchObject({ id: installationId, repository_selection: 'all', account: { login: 'acme' } });
  expect((await app.octokit.rest.apps.getRepoInstallation(tools)).data.id).toBe(installationId);
  const { rest } = await app.getInstallationOctokit(installationId);
  expect((await rest.repos.get(tools)).data.private).toBe(true);
  const { data } = await rest.apps.listReposAccessibleToInstallation();
  expect(data.repositories.map(({ name }) => name)).toEqual(['tools', 'other']);
  await expect(rest.repos.get({ owner: 'umbrella', repo: 'secret' })).rejects.toMatchObject({ status: 404 });
  await expect(rest.repos.update(tools)).rejects.toThrow('Resource not accessible by integration');
  await expect(rest.users.getAuthenticated()).rejects.toMatchObject({ status: 403 });
});

test('a token can be for less than the installation, and not for more', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  filled(place);
  const added = github.addApp({ owner: 'acme', permissions: { contents: 'write', issues: 'read' } });
  const { rest } = octokitOf(github, jwtOf(added.privateKeyPem, added.appId));
  const create = (more: object) =>
    rest.apps.createInstallationAccessToken({ installation_id: added.installationId, ...more });
  const { data } = await create({ repositories: ['tools'], permissions: { issues: 'read' } });
  expect(data).toMatchObject({ repository_selection: 'selected', permissions: { issues: 'read' } });
  expect(Date.parse(data.expires_at) - Date.now()).toBeGreaterThan(59 * 60_000);
  const narrow = octokitOf(github, data.token).rest;
  expect((await narrow.issues.listForRepo(tools)).data).toEqual([]);
  await expect(narrow.repos.listBranches(tools)).rejects.toMatchObject({ status: 403 });
  await expect(narrow.repos.get({ owner: 'acme', repo: 'other' })).rejects.toMatchObject({ status: 404 });
  await expect(create({ permissions: { issues: 'write' } })).rejects.toMatchObject({ status: 422 });
  await expect(create({ repositories: ['secret'] })).rejects.toMatchObject({ status: 422 });
  await narrow.apps.revokeInstallationAccessToken();
  await expect(narrow.repos.get(tools)).rejects.toMatchObject({ status: 401 });
});

test('a token is over when its time is', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  filled(place);
  const added = github.addApp({ owner: 'acme', repositories: ['tools'], tokenLifetimeMs: 0 });
  const asApp = octokitOf(github, jwtOf(added.privateKeyPem, added.appId));
  const { data } = await asApp.rest.apps.createInstallationAccessToken({ installation_id: added.installationId });
  await expect(octokitOf(github, data.token).rest.repos.get(tools)).rejects.toMatchObject({ status: 401 });
});

test('an app that signs with another key, another way or at another time is refused', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  filled(place);
  const { appId, privateKeyPem, installationId } = github.addApp({ owner: 'acme' });
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs1',
    format: 'pem',
  });
  const hourSeconds = 3600;
  for (const jwt of [
    jwtOf(String(stranger), appId),
    jwtOf(privateKeyPem, appId + 1),
    jwtOf(privateKeyPem, appId, -hourSeconds),
    jwtOf(privateKeyPem, appId, hourSeconds),
    `${jwtOf(privateKeyPem, appId).split('.').slice(0, 2).join('.')}.`,
    'a.b.c',
  ]) {
    const asked = octokitOf(github, jwt).rest.apps.createInstallationAccessToken({ installation_id: installationId });
    await expect(asked).rejects.toMatchObject({ status: 401 });
  }
});

describePeer('git', 'a token of an installation', () => {
  test('clones what it covers, with the user name that GitHub asks for', async () => {
    await using place = await makeHubPlace();
    const { github } = place;
    filled(place);
    const added = github.addApp({ owner: 'acme', repositories: ['tools'] });
    const asApp = octokitOf(github, jwtOf(added.privateKeyPem, added.appId));
    const { data } = await asApp.rest.apps.createInstallationAccessToken({ installation_id: added.installationId });
    const list = (name: string) => place.git(['ls-remote', `${github.web}/${name}.git`], { token: data.token });
    expect((await list('acme/tools')).code).toBe(0);
    expect((await list('acme/other')).stderr).toContain('not found');
  });
});

/** As an app says who it is: for ten minutes, from a minute ago. */
function jwtOf(privateKey: string, appId: number, laterSeconds = 0): string {
  const iat = Math.floor(Date.now() / 1000) - 60 + laterSeconds;
  const parts = [
    { alg: 'RS256', typ: 'JWT' },
    { iat, exp: iat + 600, iss: String(appId) },
  ];
  const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), privateKey).toString('base64url')}`;
}
