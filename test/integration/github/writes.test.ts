import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { findOwner } from '../../../electron/engine/sources/github/listing.ts';
import {
  createRelease,
  createRepository,
  updateRepository,
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
  const made = await createRepository(client, owner, 'tools', { private: true, description: 'Given back' });
  expect(made.cloneUrl).toBe(`${github.web}/acme/tools.git`);
  const cwd = await pushCommit(place, made.cloneUrl, token);
  await place.mustGit(['push', '--quiet', made.cloneUrl, 'main:trunk'], { cwd, token });
  await updateRepository(client, owner, 'tools', {
    defaultBranch: 'trunk',
    topics: ['infra'],
    hasWiki: false,
    archived: false,
  });
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
    draft: false,
    prerelease: false,
  });
  const file = place.workspace.path('asset');
  await writeFile(file, Buffer.alloc(70_000, 1));
  const asset = { name: 'tool +1.bin', label: null, contentType: 'application/octet-stream', file };
  await uploadAsset(client, owner, 'tools', release, asset);
  expect((await client.fetch('/repos/acme/tools/releases')).data).toMatchObject([
    { tag_name: 'v1', assets: [{ name: 'tool +1.bin', size: 70_000 }] },
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
