import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { access, eventsOf, makeScene, type Handlers } from './harness.ts';
import { entry, issue, snapshot } from './samples.ts';

const listing = (snapshots: unknown[], unreadable: unknown[] = []): Handlers => ({
  'snapshots.list': () => ({ snapshots, unreadable }),
});

const holding = (...events: unknown[]): Handlers => ({ 'snapshots.ls': () => eventsOf(...events) });

describe('snapshots', () => {
  it('are listed in aligned columns with short ids and local times', async () => {
    const other = { ...snapshot, status: 'partial', files: null, bytes: null, hostname: 'laptop', tags: [] };
    await using scene = await makeScene({ handlers: listing([snapshot, other]) });
    expect(await scene.holdfast('snapshots')).toBe(0);
    expect(scene.stdout.text).toBe(
      [
        'ID        TAKEN                STATUS    FILES     SIZE  HOST    SOURCE     TAGS',
        'bbbbbbbb  2026-03-04 05:06:07  complete  1,219  3.0 GiB  nas     documents  monthly',
        'bbbbbbbb  2026-03-04 05:06:07  partial       –        –  laptop  documents',
        '2 snapshots',
        '',
      ].join('\n'),
    );
  });

  it('of one source are asked for by name', async () => {
    await using scene = await makeScene({ handlers: listing([]) });
    await scene.holdfast('snapshots', '--source', 'documents');
    await scene.holdfast('snapshots');
    expect(scene.calls.map(({ input }) => input)).toEqual([
      { repository: access, source: 'documents', limit: 10_000 },
      { repository: access, limit: 10_000 },
    ]);
    expect(scene.stdout.text).toBe('No snapshots.\nNo snapshots.\n');
  });

  it('are an array of objects with --json', async () => {
    await using scene = await makeScene({ handlers: listing([snapshot]) });
    await scene.holdfast('snapshots', '--json');
    expect(JSON.parse(scene.stdout.text)).toEqual([snapshot]);
  });

  it('that cannot be read are named, and the list is partial', async () => {
    await using scene = await makeScene({ handlers: listing([snapshot], [issue]) });
    expect(await scene.holdfast('snapshots')).toBe(3);
    expect(scene.stderr.text).toContain('/data/secret');
  });

  it('cannot drive the terminal with what they say about themselves', async () => {
    const hostile = { ...snapshot, hostname: 'a\u001b[2Jb', source: 'c\u009bd\nID', tags: ['\u202etxt.exe'] };
    await using scene = await makeScene({ handlers: listing([hostile]) });
    await scene.holdfast('snapshots');
    expect(scene.stdout.text).toContain('a\\x1b[2Jb  c\\x9bd\\x0aID  \\u{202e}txt.exe\n');
    await scene.holdfast('snapshots', '--json');
    // oxlint-disable-next-line no-control-regex -- exactly these must not appear
    expect(scene.stdout.text).not.toMatch(/[\u001b\u009b\u202e]/);
    expect(scene.stdout.text).toContain('"c\\u009bd\\nID"');
  });
});

describe('ls', () => {
  it('passes the reference through and lists types, modes, owners, sizes and times', async () => {
    const entries = [
      { ...entry, path: '/data', type: 'dir', mode: 0o2755, size: 0 },
      { ...entry, mode: 0o4711 },
      { ...entry, path: '/data/l', type: 'symlink', mode: 0o777, linkTarget: 'a\u001bb' },
      { ...entry, path: '/data/t', type: 'dir', mode: 0o1776 },
    ];
    await using scene = await makeScene({ handlers: holding({ type: 'entries', entries }) });
    expect(await scene.holdfast('ls', 'latest:/data', '--recursive', '--source', 'documents')).toBe(0);
    expect(scene.calls[0]?.input).toEqual({
      repository: access,
      snapshot: 'latest:/data',
      source: 'documents',
      recursive: true,
    });
    expect(scene.stdout.text).toBe(
      [
        'drwxr-sr-x  1000:1000                2026-03-04 05:06:07  /data',
        '-rws--x--x  1000:1000       1.5 KiB  2026-03-04 05:06:07  /data/a',
        'lrwxrwxrwx  1000:1000                2026-03-04 05:06:07  /data/l -> a\\x1bb',
        'drwxrwxrwT  1000:1000                2026-03-04 05:06:07  /data/t',
        '',
      ].join('\n'),
    );
  });

  it('writes one JSON array over all batches', async () => {
    const second = { ...entry, path: '/data/b' };
    const handlers = holding({ type: 'entries', entries: [entry] }, { type: 'entries', entries: [second] });
    await using scene = await makeScene({ handlers });
    await scene.holdfast('ls', 'latest', '--json');
    expect(JSON.parse(scene.stdout.text)).toEqual([entry, second]);
    await using empty = await makeScene({ handlers: holding() });
    await empty.holdfast('ls', 'latest', '--json');
    expect(JSON.parse(empty.stdout.text)).toEqual([]);
  });

  it('is partial when a folder of the snapshot cannot be listed', async () => {
    await using scene = await makeScene({
      handlers: holding({ type: 'issue', issue }, { type: 'entries', entries: [entry] }),
    });
    expect(await scene.holdfast('ls', 'latest')).toBe(3);
    expect(scene.stdout.text).toContain('/data/a');
    expect(scene.stderr.text).toContain('/data/secret');
  });

  it('leaves a list that breaks off unclosed, so that nobody takes it for the whole', async () => {
    const failing = async function* (): AsyncGenerator {
      yield await Promise.resolve({ type: 'entries', entries: [entry] });
      throw new HoldfastError('BLOB_MISSING', 'A folder is gone.');
    };
    await using scene = await makeScene({ handlers: { 'snapshots.ls': failing } });
    expect(await scene.holdfast('ls', 'latest', '--json')).toBe(1);
    expect(() => JSON.parse(scene.stdout.text) as unknown).toThrow(SyntaxError);
    expect(scene.stdout.text).not.toContain('BLOB_MISSING');
    expect(scene.stderr.text).toContain('Error BLOB_MISSING: A folder is gone.');
  });

  it('ends quietly when nobody reads any more, and lets the engine go', async () => {
    let cleanedUp = false;
    const endless = async function* (): AsyncGenerator {
      try {
        for (;;) yield await Promise.resolve({ type: 'entries', entries: [entry] });
      } finally {
        cleanedUp = true;
      }
    };
    await using scene = await makeScene({ handlers: { 'snapshots.ls': endless } });
    scene.stdout.closesAfter = 3;
    expect(await scene.holdfast('ls', 'latest')).toBe(0);
    expect([scene.stderr.text, cleanedUp, scene.closed]).toEqual(['', true, 1]);
  });
});
