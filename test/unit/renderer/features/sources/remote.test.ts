import { describe, expect, it } from 'vitest';
import { sourceDefinitionSchema, type GithubDefinition } from '../../../../../shared/contract/sources.ts';
import {
  emptyCredential,
  isCredentialWhole,
  privateKeyFault,
  secretsOf,
} from '../../../../../renderer/features/sources/remote/credential-draft.ts';
import {
  addressesOf,
  emptyGitDraft,
  gitDefinitionOf,
  gitDraftOf,
  gitNameOf,
  tokenHosts,
} from '../../../../../renderer/features/sources/remote/git-draft.ts';
import {
  emptyGithubDraft,
  filtersOf,
  githubDefinitionOf,
  githubDraftOf,
  githubNameOf,
  isAskable,
  plainOwner,
  questionOf,
} from '../../../../../renderer/features/sources/remote/github-draft.ts';
import {
  countsOf,
  expiryOf,
  writingScopes,
  type FoundRepository,
} from '../../../../../renderer/features/sources/remote/preview-model.ts';
import {
  addRemoteCommand,
  changeRemoteCommand,
} from '../../../../../renderer/features/sources/remote/remote-commands.ts';

const nobody = new Set<string>();
const withToken = { ...emptyCredential, token: ' ghp_secret ' };
const whole = { ...emptyGithubDraft, owner: 'acme', credential: withToken };

function definitionOf(change: Partial<typeof whole> = {}): GithubDefinition {
  const made = githubDefinitionOf({ ...whole, ...change }, nobody);
  if (made === null) throw new Error('It is no definition.');
  return made;
}

describe('a source of Git addresses that is put together', () => {
  it('says of each address what is wrong with it, and where it lies in a snapshot', () => {
    const typed = 'https://git.example.org/team/tool.git\n\n /srv/tool \nhttps://me:pw@git.example.org/x\next::sh\n';
    const told = addressesOf(typed);
    expect(told.map(({ url, path }) => [url, path])).toEqual([
      ['https://git.example.org/team/tool.git', 'git.example.org/team/tool.git'],
      ['/srv/tool', null],
      ['https://me:pw@git.example.org/x', null],
      ['ext::sh', null],
    ]);
    expect(told[0]?.fault).toBeNull();
    expect(told[1]?.fault).toMatch(/source of folders/);
    expect(told[2]?.fault).toMatch(/there is a field/);
    expect(told[3]?.fault).toMatch(/begins with https/);
  });

  it('takes two addresses that would lie in one place for a mistake', () => {
    const [first, second] = addressesOf('https://git.example.org/a/b.git\nhttps://git.example.org/a/b');
    expect([first?.fault, second?.fault]).toEqual([null, 'This would lie where one above lies.']);
  });

  it('is a definition of the contract once every address is one', () => {
    const draft = { ...emptyGitDraft, urls: 'git@git.example.org:team/tool.git', user: ' robot ' };
    const definition = gitDefinitionOf(draft, nobody);
    expect(sourceDefinitionSchema.parse(definition)).toMatchObject({ name: 'tool', user: 'robot', lfs: true });
    expect(gitDefinitionOf({ ...draft, urls: `${draft.urls}\nfile:///x` }, nobody)).toBeNull();
    expect(gitDefinitionOf({ ...draft, urls: ' \n' }, nobody)).toBeNull();
  });

  it('is suggested a name of the first repository that nobody has', () => {
    const draft = { ...emptyGitDraft, urls: 'https://git.example.org/team/tool.git' };
    expect(gitNameOf(draft, nobody)).toBe('tool');
    expect(gitNameOf(draft, new Set(['tool']))).toBe('tool-2');
  });

  it('names the hosts that a token would go to, each once', () => {
    expect(tokenHosts('https://a.org/x\nhttps://a.org/y\ngit@b.org:x\nhttp://c.org:8080/z')).toEqual([
      'https://a.org/',
      'http://c.org:8080/',
    ]);
  });

  it('comes back from a definition as it went in', () => {
    const definition = gitDefinitionOf({ ...emptyGitDraft, urls: 'https://a.org/x\nhttps://a.org/y' }, nobody);
    if (definition === null) throw new Error('It is no definition.');
    expect(gitDefinitionOf(gitDraftOf(definition), nobody)).toEqual(definition);
  });
});

describe('a source of GitHub that is put together', () => {
  it('takes the address of an owner for its login', () => {
    expect(['acme', ' @acme', 'https://github.com/acme/', 'github.com/acme'].map(plainOwner)).toEqual(
      Array.from({ length: 4 }, () => 'acme'),
    );
  });

  it('can be asked about once owner and credential are whole, whatever its filters', () => {
    expect(isAskable(whole)).toBe(true);
    expect(isAskable({ ...whole, pushedWithin: 'soon' })).toBe(true);
    expect(isAskable({ ...whole, owner: 'a b' })).toBe(false);
    expect(isAskable({ ...whole, api: 'http://git.example.org/api/v3' })).toBe(false);
    expect(isAskable({ ...whole, credential: emptyCredential })).toBe(false);
    expect(isAskable({ ...whole, credential: { ...withToken, token: 'two words' } })).toBe(false);
  });

  it('is a definition of the contract, and none while a filter is wrong', () => {
    const definition = githubDefinitionOf({ ...whole, include: 'app-*, lib', topics: 'core' }, nobody);
    expect(sourceDefinitionSchema.parse(definition)).toMatchObject({
      name: 'acme',
      api: 'https://api.github.com',
      app: null,
      filters: { include: ['app-*', 'lib'], topics: ['core'], pushedWithinDays: null },
    });
    expect(githubDefinitionOf({ ...whole, pushedWithin: 'soon' }, nobody)).toBeNull();
    expect(githubNameOf(whole, new Set(['acme']))).toBe('acme-2');
  });

  it('counts days only where they are a number', () => {
    expect(filtersOf({ ...whole, pushedWithin: ' 90 ' }).pushedWithinDays).toBe(90);
    expect(filtersOf({ ...whole, pushedWithin: '-1' }).pushedWithinDays).toBeNull();
  });

  it('holds an App to its numbers and its key', () => {
    const key = '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n';
    const app = { ...emptyCredential, kind: 'app' as const, app: '12', installation: '34', privateKey: key };
    expect(isCredentialWhole(app)).toBe(true);
    expect(isCredentialWhole({ ...app, app: '1x' })).toBe(false);
    expect(privateKeyFault('MIIE')).toMatch(/whole file/);
    expect(definitionOf({ credential: app }).app).toEqual({ id: 12, installation: 34 });
    expect(secretsOf(app)).toEqual([{ key: 'app-key', value: key, variable: null }]);
  });

  it('keeps its App and gives no secret where the credential stays', () => {
    const before = { ...definitionOf(), app: { id: 1, installation: 2 } };
    const draft = githubDraftOf(before);
    expect(githubDefinitionOf(draft, nobody, before.app)).toEqual(before);
    expect(secretsOf(draft.credential)).toEqual([]);
  });

  it('is another question for another owner, server or credential, and the same for another filter', () => {
    expect(questionOf({ ...whole, include: 'x' })).toBe(questionOf(whole));
    expect(questionOf({ ...whole, credential: { ...withToken, token: 'y' } })).not.toBe(questionOf(whole));
    expect(questionOf({ ...whole, api: 'https://x.org/api/v3' })).not.toBe(questionOf(whole));
  });
});

describe('the command line of a source elsewhere', () => {
  it('says what is not usual, and where the secret comes from, never the secret', () => {
    const command = addRemoteCommand(definitionOf({ exclude: 'old-*', forks: false, wiki: false }), 'token');
    expect(command.join(' ')).toBe(
      'holdfast source add github --name acme --set owner=acme --set exclude=old-* --set forks=no --set wiki=no --secret token=env:GITHUB_TOKEN',
    );
    expect(command.join(' ')).not.toContain('ghp_secret');
  });

  it('changes what differs, and takes away what is there no more', () => {
    const [before, after] = [
      definitionOf({ include: 'a', forks: false }),
      definitionOf({ topics: 'core', forks: false }),
    ];
    expect(changeRemoteCommand(before, after, 'kept').join(' ')).toBe(
      'holdfast source set acme --set topic=core --unset include',
    );
  });
});

describe('what a preview has found', () => {
  const one = (id: number, change: Partial<FoundRepository> = {}): FoundRepository => ({
    id,
    name: `r${id}`,
    private: false,
    fork: false,
    archived: false,
    topics: [],
    bytes: 100,
    pushedAt: null,
    selected: true,
    ...change,
  });

  it('is counted among those that are selected alone', () => {
    const found = [one(1), one(2, { private: true, fork: true }), one(3, { archived: true, bytes: 5 })];
    expect(countsOf(found, ({ id }) => id > 1)).toEqual({
      selected: 2,
      all: 3,
      bytes: 105,
      private: 1,
      archived: 1,
      forks: 1,
    });
  });

  it('says two weeks ahead that a token ends', () => {
    const now = Date.parse('2026-11-01T00:00:00Z');
    expect(expiryOf(null, now)).toBe('none');
    expect(expiryOf('2026-10-31T23:00:00Z', now)).toBe('expired');
    expect(expiryOf('2026-11-14T00:00:00Z', now)).toBe('soon');
    expect(expiryOf('2026-12-14T00:00:00Z', now)).toBe('later');
  });

  it('names the scopes that do more than read', () => {
    expect(writingScopes(['repo', 'read:org', 'user:email', 'admin:org'])).toEqual(['repo', 'admin:org']);
  });
});
