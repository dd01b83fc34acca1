import { describe, expect, it } from 'vitest';
import { sourceDefinitionSchema } from '../../../../shared/contract/sources.ts';
import {
  addCommand,
  changeCommand,
  draftOf,
  definitionOf,
  emptyDraft,
  excludeSuggestions,
  nameFault,
  pathFault,
  plainPath,
  suggestedName,
  withPath,
  withPattern,
} from '../../../../renderer/components/source-draft.ts';

const none = new Set<string>();

describe('a folder source that is put together', () => {
  it('takes paths without doubled and trailing slashes', () => {
    expect(plainPath(' /home//me/ ')).toBe('/home/me');
    expect(plainPath('/')).toBe('/');
  });

  it('says why a path cannot be taken', () => {
    expect(pathFault('docs', [])).toMatch(/begins with/);
    expect(pathFault('/home/../etc', [])).toMatch(/“..”/);
    expect(pathFault('/home/me/', ['/home/me'])).toMatch(/chosen already/);
    expect(pathFault('/home/me/docs', ['/home/me'])).toMatch(/lies in \/home\/me/);
    expect(pathFault('/home/mela', ['/home/me'])).toBeNull();
    expect(pathFault('/anything', ['/'])).toMatch(/lies in \//);
  });

  it('takes out what lies in a path that is added', () => {
    expect(withPath(['/home/me/docs', '/srv'], '/home/me')).toEqual(['/srv', '/home/me']);
    expect(withPath(['/home/me'], '/')).toEqual(['/']);
  });

  it('suggests a name that the engine accepts and nobody has', () => {
    for (const path of ['/home/me/Meine Fotos', '/srv/a<b>', '/.config', '/', `/${'x'.repeat(300)}`, '/日本']) {
      expect(nameFault(suggestedName([path], none), none)).toBeNull();
    }
    expect(suggestedName(['/home/docs'], new Set(['docs', 'docs-2']))).toBe('docs-3');
  });

  it('puts a pattern in once and takes it out again', () => {
    const once = withPattern('*.iso', 'target/', true);
    expect(withPattern(once, 'target/', true)).toBe('*.iso\ntarget/');
    expect(withPattern(once, 'target/', false)).toBe('*.iso');
  });

  it('is a definition of the contract once all is said', () => {
    const draft = { ...emptyDraft, paths: ['/home/me'], excludes: '# mine\n\n*.iso\n', largest: '2 GiB' };
    const definition = definitionOf(draft, none);
    expect(sourceDefinitionSchema.parse(definition)).toMatchObject({
      name: 'me',
      excludes: ['*.iso'],
      excludeLargerThanBytes: 2 * 1024 ** 3,
    });
    expect(definitionOf({ ...draft, largest: 'much' }, none)).toBeNull();
    expect(definitionOf({ ...draft, paths: [] }, none)).toBeNull();
    expect(definitionOf({ ...draft, name: 'me' }, new Set(['me']))).toBeNull();
  });

  it('is registered by a command that says the same', () => {
    const definition = definitionOf({ ...emptyDraft, paths: ['/a b'], excludes: 'x', excludeCaches: true }, none);
    expect(definition === null ? [] : addCommand(definition)).toEqual(
      'holdfast|source|add|folder|--name|a b|--set|path=/a b|--set|exclude=x|--set|exclude-caches=true'.split('|'),
    );
  });

  it('comes back from a definition as it was', () => {
    const draft = { ...emptyDraft, name: 'me', paths: ['/a', '/b'], excludes: 'x\n!y', largest: '1536' };
    const definition = definitionOf(draft, none);
    expect(definition === null ? null : draftOf(definition)).toEqual(draft);
  });

  it('is changed by a command that also takes away what is gone', () => {
    const before = definitionOf({ ...emptyDraft, name: 'me', paths: ['/a'], excludes: 'x', excludeCaches: true }, none);
    const after = definitionOf({ ...emptyDraft, name: 'me', paths: ['/b'], largest: '5' }, none);
    expect(before === null || after === null ? [] : changeCommand(before, after)).toEqual(
      'holdfast|source|set|me|--set|path=/b|--set|exclude-larger-than=5|--unset|exclude|--unset|exclude-caches'.split(
        '|',
      ),
    );
  });

  it('is changed by a command that names its hooks as they are', () => {
    const before = definitionOf({ ...emptyDraft, name: 'me', paths: ['/a'] }, none);
    if (before === null) throw new Error('it is complete');
    const freeze = { kind: 'command' as const, argv: ['/bin/freeze', 'main db'], timeoutMs: 90_000 };
    const thaw = { kind: 'shell' as const, script: 'thaw | log', timeoutMs: 60_000 };
    const hooked = { ...before, commands: { before: freeze, after: thaw, required: true, maximumHoldMs: 300_000 } };
    const set = (text: string) => ['--set', text];
    const properties = ['path=/a', "before=/bin/freeze 'main db'", 'before-timeout=90s', 'after-shell=thaw | log'];
    expect(changeCommand(before, hooked)).toEqual([
      'holdfast',
      'source',
      'set',
      'me',
      ...[...properties, 'hooks-required=yes', 'maximum-hold=5m'].flatMap(set),
    ]);
    expect(changeCommand(hooked, before).slice(4)).toEqual([
      ...set('path=/a'),
      ...['before', 'before-timeout', 'after', 'hooks-required', 'maximum-hold'].flatMap((key) => ['--unset', key]),
    ]);
  });

  it('leaves nothing out by itself', () => {
    expect(excludeSuggestions.length).toBeGreaterThan(0);
    expect(definitionOf({ ...emptyDraft, paths: ['/a'] }, none)).toMatchObject({ excludes: [], excludeCaches: false });
  });
});
