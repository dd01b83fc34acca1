import { expect, test } from 'vitest';
import { previewGitHub, type GitHubPreview } from '../../../electron/engine/sources/github/preview.ts';
import { type GitHubCredential } from '../../../electron/engine/sources/github/credential.ts';
import { everyRepository, type GitHubFilters } from '../../../shared/model/github-filters.ts';
import { addFilled } from '../../support/github-source.ts';
import { makeHubPlace, type HubPlace } from '../../support/sandbox-github.ts';

const preview = (
  { github }: HubPlace,
  credential: string | GitHubCredential,
  filters: Partial<GitHubFilters> = {},
  owner = 'acme',
): Promise<GitHubPreview> =>
  previewGitHub({
    owner,
    api: github.api,
    credential: typeof credential === 'string' ? { kind: 'token', token: credential } : credential,
    filters: { ...everyRepository, ...filters },
    signal: new AbortController().signal,
    onNotice: () => undefined,
    nowMs: Date.now,
    retryMs: 1,
  });

async function makeAcme(): Promise<HubPlace> {
  const place = await makeHubPlace();
  place.github.createOwner('Acme');
  await addFilled(place, 'tools', { private: true });
  await addFilled(place, 'web');
  place.github.createRepository('acme', 'copy', { fork: true, archived: true });
  return place;
}

test('a preview shows every repository and which of them the filters select', async () => {
  await using place = await makeAcme();
  const shown = await preview(place, place.github.addToken(), { forks: false });
  expect(shown).toMatchObject({ ownerKind: 'organization', login: 'Acme', tokenKind: 'classic', selectedCount: 2 });
  expect(shown.repositories.map(({ name, private: isPrivate, selected }) => [name, isPrivate, selected])).toEqual([
    ['tools', true, true],
    ['web', false, true],
    ['copy', false, false],
  ]);
  expect(shown.mayNotSee).toEqual([]);
});

test('what a token may not see is told with the permission that is missing', async () => {
  await using place = await makeAcme();
  const token = place.github.addToken({
    scopes: 'read',
    expiresAt: '2099-12-31T00:00:00Z',
    missingPermissions: ['administration', 'issues'],
  });
  const shown = await preview(place, token);
  expect(shown).toMatchObject({ tokenKind: 'fine-grained', expiresAt: '2099-12-31T00:00:00.000Z' });
  expect(shown.mayNotSee).toEqual([
    'Repositories that the token was not given',
    'Issues and comments (issues=read)',
    'Protection of branches (administration=read)',
  ]);
});

test('what an app may not see is told by what its installation was given', async () => {
  await using place = await makeAcme();
  const app = place.github.addApp({
    owner: 'acme',
    repositories: ['tools'],
    permissions: { metadata: 'read', contents: 'read' },
  });
  const credential = { kind: 'app', ...app, privateKey: app.privateKeyPem } as const;
  const shown = await preview(place, credential);
  expect(shown).toMatchObject({ tokenKind: 'installation', expiresAt: null, permissions: { contents: 'read' } });
  expect(shown.mayNotSee).toEqual([
    'Repositories that the app was not installed in',
    'Issues and comments (issues=read)',
    'Pull requests and reviews (pull_requests=read)',
    'Protection of branches (administration=read)',
  ]);
});

test('private repositories of another user cannot be seen', async () => {
  await using place = await makeAcme();
  place.github.createOwner('ada', 'user');
  place.github.createRepository('ada', 'open');
  const shown = await preview(place, place.github.addToken(), {}, 'ada');
  expect(shown).toMatchObject({ ownerKind: 'user', mayNotSee: ['Private repositories, unless ada gave the token'] });
});

test('a refused token and an unknown owner are told apart', async () => {
  await using place = await makeAcme();
  await expect(preview(place, 'ghp_unknown')).rejects.toMatchObject({ code: 'GITHUB_REFUSED' });
  await expect(preview(place, place.github.addToken(), {}, 'nobody')).rejects.toMatchObject({
    code: 'GITHUB_NOT_FOUND',
  });
});
