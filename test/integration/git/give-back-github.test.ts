/** What a repository has on GitHub beside its refs, captured by a source and given back: settings, releases, wiki, archive. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RestoredPart } from '../../../shared/contract/git.ts';
import { makeGitScene, type GitScene } from '../../support/git-scene.ts';
import { runSource } from '../../support/github-source.ts';

const tool = Buffer.alloc(300_000, 'tool');

/** `acme/app`, with all that is given back, as a source of GitHub keeps it in a snapshot. */
async function keepApp(scene: GitScene): Promise<string> {
  const { github } = scene.hub;
  github.createOwner('acme');
  const upstream = await scene.upstream('app');
  await upstream.git('tag', 'v1');
  await upstream.commit('second', 'more');
  await upstream.git('tag', 'v2');
  const app = github.createRepository('acme', 'app', {
    private: true,
    description: 'What it is for',
    topics: ['steel', 'press'],
    hasIssues: false,
  });
  app.change({
    homepage: 'https://example.org',
    switches: { allow_merge_commit: false, delete_branch_on_merge: true },
  });
  app.pushLocally(upstream.folder, ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*']);
  app.addRelease('v1', [{ name: 'tool.bin', content: tool }], { name: 'One', body: 'The first\r\none' });
  app.addRelease('v2', [], { name: 'Two', prerelease: true });
  app.addLabel('bug');
  app.setWiki({ 'Home.md': 'How to use it\n' });
  app.setWiki({ 'More.md': 'And more\n' });
  return keep(scene);
}

async function keep(scene: GitScene): Promise<string> {
  const { error, issues } = await runSource(scene.hub, { root: scene.mirrors });
  expect({ error, issues }).toEqual({ error: null, issues: [] });
  return scene.protect();
}

function asked(scene: GitScene, snapshot: string, more: object = {}) {
  const target = { kind: 'github' as const, api: scene.hub.github.api, owner: 'target' };
  return { snapshot, paths: ['acme/app'], target, access: { token: scene.token }, ...more };
}

function short(parts: readonly RestoredPart[]): string[] {
  return parts.map(({ kind, name, action, result }) => `${kind} ${name}: ${action}, ${result}`);
}

const shownSettings = {
  description: 'What it is for',
  homepage: 'https://example.org',
  topics: ['press', 'steel'],
  has_issues: false,
  allow_merge_commit: false,
  delete_branch_on_merge: true,
};

async function shown(scene: GitScene, path: string): Promise<Record<string, unknown>> {
  const headers = { authorization: `token ${scene.token}`, 'user-agent': 'test' };
  return (await (await fetch(`${scene.hub.github.api}/repos/target/${path}`, { headers })).json()) as Record<
    string,
    unknown
  >;
}

const releasesOf = async (scene: GitScene) => (await shown(scene, 'app/releases?per_page=100')) as unknown as object[];

test('settings, topics, releases with their assets and the wiki are planned, given back and compared', async () => {
  await using scene = await makeGitScene();
  const snapshot = await keepApp(scene);
  const planned = await scene.restore(asked(scene, snapshot, { dryRun: true }));
  const [plan] = planned.repositories;
  expect(short(plan?.parts ?? [])).toEqual([
    'visibility visibility: create, planned',
    'setting description: set, planned',
    'setting homepage: set, planned',
    'setting has_issues: set, planned',
    ...['has_projects', 'has_wiki', 'is_template', 'allow_squash_merge'].map(
      (name) => `setting ${name}: unchanged, planned`,
    ),
    'setting allow_merge_commit: set, planned',
    ...['allow_rebase_merge', 'allow_auto_merge', 'allow_update_branch'].map(
      (name) => `setting ${name}: unchanged, planned`,
    ),
    'setting delete_branch_on_merge: set, planned',
    'setting web_commit_signoff_required: unchanged, planned',
    'topics topics: set, planned',
    'release v1: create, planned',
    'asset v1/tool.bin: create, planned',
    'release v2: create, planned',
    'wiki wiki: create, planned',
  ]);
  expect(plan?.notGivenBack).toContain('labels');
  expect(planned.notices.join()).toContain('Webhooks');
  expect(() => scene.hub.github.repository('target', 'app')).toThrow('there is no repository');

  const restored = await scene.restore(asked(scene, snapshot));
  expect(restored.repositories).toMatchObject([{ state: 'partial', created: true, verified: { otherParts: [] } }]);
  expect(restored.result.issues.map(({ code }) => code)).toEqual(['GITHUB_WIKI_NOT_THERE']);
  expect(await shown(scene, 'app')).toMatchObject({ ...shownSettings, private: true, archived: false });
  expect(await releasesOf(scene)).toMatchObject([
    { tag_name: 'v2', name: 'Two', draft: false, prerelease: true, assets: [] },
    {
      tag_name: 'v1',
      name: 'One',
      body: 'The first\r\none',
      draft: false,
      assets: [
        { name: 'tool.bin', size: tool.length, digest: `sha256:${createHash('sha256').update(tool).digest('hex')}` },
      ],
    },
  ]);

  // By itself it is not there either, which the same words say.
  const alone = await scene.restore({ ...asked(scene, snapshot), paths: ['acme/app.wiki'] });
  expect(alone.result).toMatchObject({ repositories: { failed: 1 }, issues: [{ code: 'GITHUB_WIKI_NOT_THERE' }] });

  // As the words say: a first page by hand, and once more. What is there already is left.
  scene.hub.github.repository('target', 'app').setWiki({ 'Home.md': 'x\n' });
  const again = await scene.restore(asked(scene, snapshot));
  expect(again.result).toMatchObject({ issues: [], repositories: { done: 1 }, parts: { written: 1, failed: 0 } });
  const changed = short(again.repositories[0]?.parts ?? []).filter((line) => !line.includes('unchanged'));
  expect(changed).toEqual(['wiki refs/heads/master: replace, done']);
  const { wikiUrl } = scene.hub.github.repository('target', 'app');
  expect(await scene.refs(wikiUrl)).toEqual(await scene.refs(scene.hub.github.repository('acme', 'app').wikiUrl));
});

test('an upload that was cut off leaves a draft, and the next try sends the asset again and publishes it', async () => {
  await using scene = await makeGitScene();
  const snapshot = await keepApp(scene);
  const cut = scene.hub.github.fault({ path: /\/assets\?name=tool/, method: 'POST' }, { cutUploadAfterBytes: 100_000 });
  const first = await scene.restore(asked(scene, snapshot));
  cut[Symbol.dispose]();
  expect(first.result.issues.map(({ code }) => code)).toEqual(
    expect.arrayContaining(['GITHUB_UNREACHABLE', 'GITHUB_UNFINISHED']),
  );
  const draft = (await releasesOf(scene)).find((release) => 'tag_name' in release && release.tag_name === 'v1');
  expect(draft).toMatchObject({ draft: true, assets: [{ name: 'tool.bin', state: 'starter', size: 0 }] });

  const plan = await scene.restore(asked(scene, snapshot, { dryRun: true }));
  expect(short(plan.repositories[0]?.parts ?? [])).toEqual(
    expect.arrayContaining(['release v1: finish, planned', 'asset v1/tool.bin: replace, planned']),
  );
  await scene.restore(asked(scene, snapshot));
  const done = (await releasesOf(scene)).find((release) => 'tag_name' in release && release.tag_name === 'v1');
  expect(done).toMatchObject({ draft: false, assets: [{ name: 'tool.bin', state: 'uploaded', size: tool.length }] });
  expect(await releasesOf(scene)).toHaveLength(2);
});

test('what somebody has set or released there is held back or left, named, and replaced only when asked', async () => {
  await using scene = await makeGitScene();
  const snapshot = await keepApp(scene);
  const there = scene.hub.github.createRepository('target', 'app', { description: 'Mine', topics: ['mine'] });
  there.pushLocally(join(scene.mirrors, 'acme', 'app.git'), ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*']);
  there.addRelease('v1', [{ name: 'tool.bin', content: 'another' }], { name: 'Another one' });
  there.setWiki({ 'Home.md': 'How to use it\n' });
  const restored = await scene.restore(asked(scene, snapshot));
  const parts = short(restored.repositories[0]?.parts ?? []);
  expect(parts).toEqual(
    expect.arrayContaining([
      'visibility visibility: leave, done',
      'setting description: set, heldBack',
      'setting homepage: set, done',
      'topics topics: set, heldBack',
      'release v1: leave, done',
      'asset v1/tool.bin: replace, heldBack',
      'release v2: create, done',
    ]),
  );
  expect(restored.repositories).toMatchObject([{ state: 'partial' }]);
  expect(await shown(scene, 'app')).toMatchObject({ description: 'Mine', topics: ['mine'], private: false });
  expect(await releasesOf(scene)).toMatchObject([{ tag_name: 'v2' }, { name: 'Another one', assets: [{ size: 7 }] }]);

  const forced = await scene.restore(asked(scene, snapshot, { overwrite: true }));
  expect(forced.result).toMatchObject({ parts: { heldBack: 0, failed: 0 } });
  expect(await shown(scene, 'app')).toMatchObject(shownSettings);
  expect(await releasesOf(scene)).toMatchObject([
    { tag_name: 'v2' },
    { name: 'Another one', assets: [{ size: tool.length }] },
  ]);
});

test('a token without the right for settings gives back the rest, and says which right it takes', async () => {
  await using scene = await makeGitScene();
  const snapshot = await keepApp(scene);
  scene.hub.github.createRepository('target', 'app').setWiki();
  const token = scene.hub.github.addToken({ missingPermissions: ['administration=write'] });
  const restored = await scene.restore(asked(scene, snapshot, { access: { token } }));
  expect(restored.repositories).toMatchObject([{ state: 'partial', verified: { otherRefs: [], sound: true } }]);
  const { issues } = restored.result;
  expect(issues.map(({ code }) => code)).toEqual(['GITHUB_FORBIDDEN', 'GITHUB_FORBIDDEN']);
  expect(issues[0]?.message).toContain('administration=write');
  expect(await releasesOf(scene)).toHaveLength(2);
  expect(await shown(scene, 'app')).toMatchObject({ description: null, topics: [] });
});

test('one setting that GitHub declines keeps no other', async () => {
  await using scene = await makeGitScene();
  const snapshot = await keepApp(scene);
  scene.hub.github.createRepository('target', 'app', { hasWiki: false }).change({
    switches: { allow_squash_merge: false, allow_rebase_merge: false },
  });
  const restored = await scene.restore(asked(scene, snapshot));
  const parts = short(restored.repositories[0]?.parts ?? []);
  expect(parts).toEqual(
    expect.arrayContaining(['setting allow_merge_commit: set, failed', 'setting description: set, done']),
  );
  expect(restored.result.issues).toContainEqual(expect.objectContaining({ code: 'GITHUB_DECLINED' }));
});

test('what was archived is archived at last, and only when nothing is missing', async () => {
  await using scene = await makeGitScene();
  const { github } = scene.hub;
  github.createOwner('acme');
  const upstream = await scene.upstream('old');
  await upstream.git('tag', 'v1');
  const old = github.createRepository('acme', 'old', { description: 'No more' });
  old.pushLocally(upstream.folder, ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*']);
  old.addRelease('v1', [], { name: 'The last' });
  old.change({ archived: true });
  const snapshot = await keep(scene);
  const input = { ...asked(scene, snapshot), paths: ['acme/old'] };
  const fault = github.fault({ path: /\/releases$/, method: 'POST' }, { status: 500 });
  const first = await scene.restore(input);
  fault[Symbol.dispose]();
  expect(short(first.repositories[0]?.parts ?? []).at(-1)).toBe('archived archived: set, failed');
  expect(await shown(scene, 'old')).toMatchObject({ archived: false });

  const second = await scene.restore(input);
  expect(second.result).toMatchObject({ issues: [], repositories: { done: 1 } });
  expect(await shown(scene, 'old')).toMatchObject({ archived: true, description: 'No more' });

  // Done again, nothing is left to do; where there is, it says what is in the way before it writes.
  const third = await scene.restore(input);
  expect(third.result).toMatchObject({ issues: [], parts: { written: 0 } });
  old.change({ archived: false });
  await upstream.commit('later', 'x');
  old.pushLocally(upstream.folder, ['+refs/heads/*:refs/heads/*']);
  const refused = await scene.restore({ ...input, snapshot: await keep(scene) });
  expect(refused.repositories).toMatchObject([{ state: 'failed', refs: [] }]);
  expect(refused.result.issues.map(({ code }) => code)).toEqual(['GITHUB_ARCHIVED']);
});

test('what GitHub takes and does not show, and what it hides from who may not write, is named for what it is', async () => {
  await using scene = await makeGitScene();
  const { github } = scene.hub;
  github.createOwner('acme');
  const upstream = await scene.upstream('odd');
  const odd = github.createRepository('acme', 'odd', { description: 'Odd', topics: ['odd'] });
  odd.pushLocally(upstream.folder, ['+refs/heads/*:refs/heads/*']);
  const snapshot = await keep(scene);
  const input = { ...asked(scene, snapshot), paths: ['acme/odd'] };
  const settings = github.fault({ path: /\/repos\/target\/odd$/, method: 'PATCH' }, { status: 200, body: {} });
  const topics = github.fault({ path: /\/topics$/, method: 'PUT' }, { status: 404 });
  const restored = await scene.restore(input);
  expect(restored.repositories).toMatchObject([{ state: 'partial', verified: { otherParts: ['description'] } }]);
  expect(restored.result.issues.map(({ code, message }) => `${code} ${message.split(':')[0] ?? ''}`)).toEqual([
    'GIT_NOT_VERIFIED description',
    'GITHUB_FORBIDDEN topics',
  ]);
  settings[Symbol.dispose]();
  topics[Symbol.dispose]();

  // Only Git means that nothing else is looked at.
  const onlyGit = await scene.restore({ ...input, beside: false });
  expect(onlyGit.result.issues).toEqual([]);
  expect(onlyGit.repositories).toMatchObject([{ state: 'done', parts: [] }]);
  expect(await shown(scene, 'odd')).toMatchObject({ description: null, topics: [] });
});

test('the command names each setting, release and asset before anything is written', async () => {
  await using scene = await makeGitScene();
  const snapshot = await keepApp(scene);
  await scene.connected[Symbol.asyncDispose]();
  const { workspace, github } = scene.hub;
  const to = ['--to-github', 'target', '--github-api', github.api, '--secret', 'token=env:TARGET'];
  const restore = (...args: string[]) =>
    workspace.holdfast(['git', 'restore', snapshot, 'acme/app', ...args], { env: { TARGET: scene.token } });
  const { code, stdout } = await restore(...to, '--dry-run');
  expect(code).toBe(0);
  for (const line of [
    /^ +create +visibility: private$/m,
    /^ +set +description: What it is for$/m,
    /^ +set +allow_merge_commit: true → false$/m,
    /^ +set +topics: press, steel$/m,
    /^ +create +release v1: One$/m,
    /^ +create +asset v1\/tool\.bin: 293\.0 KiB$/m,
    /^ +create +wiki: Its repository is not there yet/m,
    /^ +stays in the snapshot: labels/m,
  ])
    expect(stdout).toMatch(line);
  const onlyGit = await restore(...to, '--dry-run', '--only-git');
  expect(onlyGit.stdout).toMatch(/create +refs\/heads\/main/);
  expect(onlyGit.stdout).not.toContain('description');
  expect((await restore('--to-url', 'https://host/x', '--only-git')).code).toBe(2);
  expect(() => github.repository('target', 'app')).toThrow('there is no repository');
});
