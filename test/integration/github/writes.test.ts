import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { findOwner } from '../../../electron/engine/sources/github/listing.ts';
import {
  changeRepository,
  createRelease,
  createRepository,
  publishRelease,
  removeAsset,
  setTopics,
  uploadAsset,
} from '../../../electron/engine/sources/github/writes.ts';
import { clientOf } from '../../support/github-client.ts';
import { makeHubPlace, pushCommit } from '../../support/sandbox-github.ts';

test('a repository is made, filled, set and given releases with assets', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  const token = github.addToken();
  const { client } = await clientOf(github.api, token);
  const owner = await findOwner(client, 'acme');
  expect(await createRepository(client, owner, 'tools', { private: true })).toEqual({ owner: 'acme', name: 'tools' });
  const { cloneUrl } = github.repository('acme', 'tools');
  const cwd = await pushCommit(place, cloneUrl, token);
  await place.mustGit(['push', '--quiet', cloneUrl, 'main:trunk'], { cwd, token });
  const change = { description: 'Given back', default_branch: 'trunk', has_wiki: false };
  await changeRepository(client, owner, 'tools', change);
  await setTopics(client, owner, 'tools', ['infra']);
  const set = await client.fetch('/repos/acme/tools');
  expect(set.data).toMatchObject({
    private: true,
    description: 'Given back',
    default_branch: 'trunk',
    topics: ['infra'],
    has_wiki: false,
  });
  const release = await createRelease(client, owner, 'tools', {
    tag: 'v1',
    name: 'First',
    body: null,
    draft: true,
    prerelease: false,
  });
  const file = place.workspace.path('asset');
  await writeFile(file, Buffer.alloc(70_000, 1));
  const asset = { name: 'tool +1.bin', label: null, contentType: 'application/octet-stream', file };
  await uploadAsset(client, owner, 'tools', release, asset);
  const { data: sent } = await uploadAsset(client, owner, 'tools', release, { ...asset, name: 'other' });
  await removeAsset(client, owner, 'tools', (sent as { id: number }).id);
  await publishRelease(client, owner, 'tools', release);
  expect((await client.fetch('/repos/acme/tools/releases')).data).toMatchObject([
    { tag_name: 'v1', draft: false, assets: [{ name: 'tool +1.bin', size: 70_000 }] },
  ]);
});

test('a name that is taken is declined, and a token that only reads is told what is missing', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  github.createOwner('ada', 'user');
  github.createRepository('acme', 'tools');
  const { client } = await clientOf(github.api, github.addToken());
  const owner = await findOwner(client, 'acme');
  await expect(createRepository(client, owner, 'tools', { private: true })).rejects.toMatchObject({
    code: 'GITHUB_DECLINED',
    message: expect.stringContaining('name already exists') as string,
  });
  const ada = await findOwner(client, 'ada');
  await expect(createRepository(client, ada, 'x', { private: true })).rejects.toMatchObject({
    code: 'GITHUB_DECLINED',
  });
  await expect(createRepository(client, owner, '../x', { private: true })).rejects.toMatchObject({
    code: 'GITHUB_DECLINED',
  });
  const reader = await clientOf(github.api, github.addToken({ scopes: 'read' }));
  await expect(createRepository(reader.client, owner, 'new', { private: true })).rejects.toMatchObject({
    code: 'GITHUB_FORBIDDEN',
    permission: 'administration=write',
  });
});
