import { expect, test } from 'vitest';
import { newestReadable } from '../../../electron/engine/configuration/adopt.ts';
import type { StoredConfiguration } from '../../../electron/engine/repository/configuration.ts';
import { alice } from '../../support/catalog-home.ts';
import { consoleId, later, newer, sound, source } from '../../support/configuration-documents.ts';

const hold = { snapshot: 'a'.repeat(64), reason: 'r', author: 'a', since: '2026-01-01T00:00:00.000Z' };
const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

const hostile: Readonly<Record<string, Record<string, unknown>>> = {
  'not what it is a document of': { hello: 'world' },
  'of a later version': { ...newer, version: 2 },
  'of another tenant': { ...newer, tenant: 'bob' },
  'with sources that are no list': { ...newer, sources: 'docs' },
  'with a path that is relative': { ...newer, sources: [{ ...source, paths: ['docs'] }] },
  'with a path that climbs': { ...newer, sources: [{ ...source, paths: ['/srv/../etc'] }] },
  'with a path that ends early': { ...newer, sources: [{ ...source, paths: ['/srv\0/docs'] }] },
  'with markup for a name': { ...newer, sources: [{ ...source, name: '<img src=x onerror=alert(1)>' }] },
  'with a name that drives the terminal': { ...newer, sources: [{ ...source, name: 'docs\u001b[2J' }] },
  'with a name that is a path': { ...newer, sources: [{ ...source, name: '../docs' }] },
  'with an unknown kind of source': { ...newer, sources: [{ ...source, kind: 'program' }] },
  'with a command that is none': { ...newer, sources: [{ ...source, commands: { before: ['sh'], after: null } }] },
  'with a program that is found by where the engine stands': {
    ...newer,
    sources: [{ ...source, commands: { before: { kind: 'command', argv: ['../sh'] }, after: null } }],
  },
  'with a webhook to a file': {
    ...newer,
    sources: [{ ...source, commands: { before: { kind: 'webhook', url: 'file:///etc/passwd' }, after: null } }],
  },
  'with a hook that may take for ever': {
    ...newer,
    sources: [{ ...source, commands: { before: { kind: 'shell', script: 'x', timeoutMs: 1e12 }, after: null } }],
  },
  'with two sources of one name': { ...newer, sources: [source, source] },
  'with more sources than there can be': {
    ...newer,
    sources: Array.from({ length: 2001 }, (_, index) => ({ ...source, name: `docs${index}` })),
  },
  'with a hold of what is no snapshot': { ...newer, holds: [{ ...hold, snapshot: '../../etc/passwd' }] },
  'with an endless reason': { ...newer, holds: [{ ...hold, reason: 'x'.repeat(100_000) }] },
  'with a setting that is an object': { ...newer, settings: [{ key: 'console.name', value: {} }] },
  'with a key that is none': { ...newer, settings: [{ key: '__proto__', value: 'x' }] },
  'with a time that is none': { ...newer, savedAt: 'tomorrow' },
  'that would make scrypt take all memory': {
    ...newer,
    credentials: {
      names: [],
      sealed: {
        key: { kdf: 'scrypt', N: 2 ** 20, r: 32, p: 16, salt: 'c2FsdHNhbHRzYWx0c2FsdA==' },
        nonce: 'c2FsdHNhbHRzYWx0',
        data: 'AAAA',
      },
    },
  },
};

const storedAs = (content: unknown, savedAtMs: number): StoredConfiguration => {
  const snapshot = savedAtMs.toString(16).padStart(64, '0');
  const read = { read: () => Promise.resolve(content), attached: () => Promise.resolve([]) };
  return { snapshot, savedAtMs, console: consoleId, epoch: 0, hostname: '', ...read };
};

test.each(Object.entries(hostile))(
  'a configuration %s gives way to the one before it, and is named',
  async (_name, content) => {
    const notices: string[] = [];
    const travelled: unknown = JSON.parse(JSON.stringify(content));
    const stored = [storedAs(travelled, later), storedAs(sound, 0)];
    const { document } = await newestReadable(stored, alice.tenant, (text) => notices.push(text));
    expect(document.savedAt).toBe(sound.savedAt);
    expect(notices).toEqual([expect.stringMatching(/^The configuration of 2026-01-02.{1,500}not usable: .+/)]);
  },
);

test('a configuration nested without end is refused as well', async () => {
  const stored = [storedAs({ ...newer, later: deep(1_000_000) }, later), storedAs(sound, 0)];
  const { document } = await newestReadable(stored, alice.tenant, () => undefined);
  expect(document.savedAt).toBe(sound.savedAt);
});

test('commands that an earlier version has saved as lines of text are read as what they were', async () => {
  const { document } = await newestReadable([storedAs(sound, 0)], alice.tenant, () => undefined);
  expect(document.sources[0]?.commands).toEqual({
    before: { kind: 'command', argv: ['rm', '-rf', '/'], timeoutMs: 60_000 },
    after: null,
    required: false,
    maximumHoldMs: 60_000,
  });
});
