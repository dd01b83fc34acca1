import { describe, expect, it } from 'vitest';
import { gitRestoreInputSchema, type RestoredGitRepository } from '../../../../../shared/contract/git.ts';
import { folderDefinitionSchema, githubDefinitionSchema } from '../../../../../shared/contract/sources.ts';
import { noHooks } from '../../../../../shared/model/hooks.ts';
import {
  accessOf,
  besideName,
  commandOf,
  emptyTarget,
  nameFault,
  pathFault,
  refChoiceOf,
  refNameFault,
  requestOf,
  targetOf,
  targetOfSource,
  tokenUse,
  urlFault,
  type GitSelection,
} from '../../../../../renderer/features/recovery/git/git-draft.ts';
import {
  gitRisks,
  sayVerified,
  takesAway,
  willChange,
} from '../../../../../renderer/features/recovery/git/git-words.ts';

const selection: GitSelection = {
  place: {
    connection: 'a1b2c3d4e5f60718',
    name: 'berlin',
    location: '/srv/repository',
    isSite: true,
    snapshots: { ['cd'.repeat(32)]: 'ab'.repeat(32) },
  },
  source: 'acme',
  point: 'cd'.repeat(32),
  snapshot: 'ab'.repeat(32),
  takenAt: '2026-11-29T04:00:00Z',
  paths: null,
  ref: null,
};
const github = { ...emptyTarget, owner: 'spare' };

describe('where a source came from', () => {
  it('is proposed for GitHub, by the address it was fetched from, and for nothing else', () => {
    const common = { name: 'acme', commands: noHooks };
    const source = githubDefinitionSchema.parse({ kind: 'github', ...common, owner: 'acme' });
    expect(targetOfSource(source)).toEqual({ owner: 'acme', api: '' });
    const api = 'https://github.example.org/api/v3';
    expect(targetOfSource({ ...source, api })).toEqual({ owner: 'acme', api });
    const options = { excludes: [], excludeCaches: false, excludeLargerThanBytes: null, oneFileSystem: false };
    const folder = folderDefinitionSchema.parse({ kind: 'folder', ...common, paths: ['/srv'], ...options });
    expect(targetOfSource(folder)).toEqual({ owner: '', api: '' });
    expect(targetOfSource(undefined)).toEqual({ owner: '', api: '' });
  });
});

describe('a ref that is given back', () => {
  it('keeps its name where the snapshot has it, and gets one beside where it was lost', () => {
    expect(refChoiceOf('refs/tags/v1').to).toBe('refs/tags/v1');
    expect(refChoiceOf('refs/holdfast/lost/3/refs/heads/main').to).toBe('refs/heads/recovered/main');
    expect(refChoiceOf('refs/holdfast/lost/3/refs/pull/1/head').to).toBe('refs/heads/recovered');
    expect(besideName('refs/tags/v1')).toBe('refs/tags/recovered/v1');
  });

  it('is not called what Git does not take, or what is the server’s', () => {
    expect(refNameFault('refs/heads/a')).toBeNull();
    for (const name of ['main', 'refs/pull/1/head', 'refs/heads/', 'refs/heads/a..b', 'refs/heads/-x y'])
      expect(refNameFault(name)).not.toBeNull();
  });
});

describe('a target', () => {
  it('is one of the contract once it is whole', () => {
    expect(targetOf(github, true)).toEqual({
      kind: 'github',
      owner: 'spare',
      name: '{name}',
      api: null,
      private: true,
    });
    expect(targetOf({ ...github, owner: '' }, true)).toBeNull();
    expect(targetOf({ ...github, kind: 'bundle', path: '/srv/x.bundle' }, false)).toEqual({
      kind: 'bundle',
      path: '/srv/x.bundle',
    });
    expect(targetOf({ ...github, kind: 'bare', path: 'srv' }, false)).toBeNull();
  });

  it('names several repositories by a pattern', () => {
    expect(nameFault('app', true)).toMatch(/\{name\}/);
    expect(nameFault('app', false)).toBeNull();
    expect(nameFault('{owner}-{name}', true)).toBeNull();
    expect(urlFault('https://git.example.org/{owner}/all.git', true)).toMatch(/\{name\}/);
    expect(urlFault('https://git.example.org/{owner}/{name}.git', true)).toBeNull();
  });

  it('holds no secret, no helper and no way upwards', () => {
    expect(urlFault('https://token@git.example.org/x', false)).toMatch(/field for it/);
    for (const url of ['ext::sh -c x', 'file:///srv', 'git@host:x', 'https://host'])
      expect(urlFault(url, false)).not.toBeNull();
    expect(pathFault('/srv/../etc')).toMatch(/upwards/);
  });

  it('is asked with a token where it is a server that takes one', () => {
    expect(tokenUse(github)).toBe('needed');
    expect(tokenUse({ kind: 'url', url: 'https://x.org/a' })).toBe('possible');
    expect(tokenUse({ kind: 'url', url: 'ssh://git@x.org/a' })).toBe('none');
    expect(accessOf({ ...github, kind: 'bare' }, 'secret')).toBeNull();
    expect(accessOf({ ...github, kind: 'url', url: 'https://x.org/a', user: 'me' }, 'secret')).toEqual({
      user: 'me',
      token: 'secret',
    });
  });
});

describe('what is asked of the engine', () => {
  it('is a call of the contract', () => {
    const target = targetOf(github, true);
    if (target === null) throw new Error('It is no target.');
    expect(gitRestoreInputSchema.parse(requestOf(selection, github, target))).toMatchObject({
      paths: null,
      refs: null,
      overwrite: false,
      deletes: false,
      verify: true,
    });
  });

  it('never deletes others where one ref is given back', () => {
    const one = { ...selection, paths: ['/acme/app.git'], ref: { from: 'refs/heads/a', to: 'refs/heads/b' } };
    const draft = { ...github, name: 'app', deletes: true };
    const target = targetOf(draft, false);
    if (target === null) throw new Error('It is no target.');
    expect(requestOf(one, draft, target)).toMatchObject({
      deletes: false,
      refs: [{ from: 'refs/heads/a', to: 'refs/heads/b' }],
    });
    expect(commandOf(one, draft, { withToken: false, dryRun: false })).not.toContain('--delete');
  });

  it('has a command line that says the same, and no token', () => {
    const options = { withToken: true, dryRun: true };
    const draft = { ...github, name: '{name}-again', isPrivate: false, overwrite: true, verify: false, beside: false };
    expect(commandOf(selection, draft, options).join(' ')).toBe(
      'holdfast git restore abababab --all --to-github spare/{name}-again --public --only-git --secret token=env:GIT_WRITE_TOKEN --overwrite --no-verify --dry-run --repository /srv/repository',
    );
  });
});

describe('what is said of it', () => {
  const part = { to: 'x', result: 'planned', problem: null } as const;
  const repository: RestoredGitRepository = {
    path: '/acme/app.git',
    name: 'acme/app',
    target: null,
    state: 'planned',
    created: false,
    head: null,
    lfsObjects: 0,
    verified: null,
    problem: null,
    notGivenBack: [],
    parts: [
      { ...part, kind: 'setting', name: 'homepage', action: 'set', from: '' },
      { ...part, kind: 'setting', name: 'has_wiki', action: 'set', from: 'true' },
      { ...part, kind: 'setting', name: 'description', action: 'set', from: 'Mine' },
      { ...part, kind: 'asset', name: 'v1/a.bin', action: 'replace', from: 'cut off' },
      { ...part, kind: 'asset', name: 'v1/b.bin', action: 'replace', from: '7 B' },
    ],
    refs: [
      { name: 'refs/heads/a', action: 'overwrite', from: null, to: null, result: 'planned', problem: null },
      { name: 'refs/heads/b', action: 'overwrite', from: null, to: null, result: 'heldBack', problem: null },
      { name: 'refs/heads/c', action: 'delete', from: null, to: null, result: 'planned', problem: null },
      { name: 'refs/heads/d', action: 'leave', from: null, to: null, result: 'planned', problem: null },
    ],
  };

  it('names what would go for good, and not what is held back', () => {
    expect(takesAway([repository]).map(({ name, how }) => `${name} ${how}`)).toEqual([
      'a overwritten',
      'c deleted',
      'setting description replaced',
      'asset v1/b.bin replaced',
    ]);
    expect(repository.refs.filter(willChange).map(({ name }) => name)).toEqual(['refs/heads/a', 'refs/heads/c']);
  });

  it('calls verified only what was', () => {
    const verified = { otherRefs: [], otherParts: [], sound: true, connectivityOnly: false, problem: null };
    expect(sayVerified({ verified: null }).tone).toBe('none');
    expect(sayVerified({ verified })).toEqual({ tone: 'good', words: 'same refs, git fsck passed' });
    expect(sayVerified({ verified: { ...verified, connectivityOnly: true } }).words).not.toMatch(/fsck passed/);
    expect(sayVerified({ verified: { ...verified, otherRefs: ['refs/heads/a'] } }).tone).toBe('part');
    expect(sayVerified({ verified: { ...verified, otherParts: ['v1'] } }).tone).toBe('part');
    expect(sayVerified({ verified: { ...verified, sound: false } }).tone).toBe('fail');
  });

  it('warns of what overwriting loses, and of what is not looked at', () => {
    const risks = gitRisks('Preflight', { ...github, overwrite: true, verify: false }, { ref: null }).join(' ');
    expect(risks).toMatch(/are overwritten/);
    expect(risks).toMatch(/Without verifying/);
  });
});
