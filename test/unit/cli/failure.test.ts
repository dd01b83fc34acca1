import { ORPCError } from '@orpc/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { understand } from '../../../electron/cli/failure.ts';
import { errorCatalog, HoldfastError, reportError } from '../../../shared/model/errors.ts';
import { makeScene } from './harness.ts';

const failing = (error: unknown) => ({
  handlers: {
    'snapshots.list': () => {
      throw error;
    },
  },
});

describe('a failure', () => {
  it('says what happened, what it means and what to do, without a stack', async () => {
    await using scene = await makeScene(failing(new HoldfastError('WRONG_PASSWORD', 'The password is wrong.')));
    expect(await scene.holdfast('snapshots')).toBe(1);
    const { meaning, action } = errorCatalog.WRONG_PASSWORD;
    expect(scene.stderr.text).toBe(`Error WRONG_PASSWORD: The password is wrong.\n${meaning}\n${action}\n`);
    expect(scene.stdout.text).toBe('');
  });

  it('is one document on standard output with --json', async () => {
    const error = new HoldfastError('SNAPSHOT_AMBIGUOUS', 'Two snapshots begin with ab.');
    await using scene = await makeScene(failing(error));
    expect(await scene.holdfast('snapshots', '--json')).toBe(2);
    expect(JSON.parse(scene.stdout.text)).toEqual({ error: reportError(error) });
  });

  it('shows where it arose with HOLDFAST_DEBUG=1', async () => {
    const env = { HOLDFAST_REPOSITORY: '/r', HOLDFAST_PASSWORD: 'p', HOLDFAST_DEBUG: '1' };
    const error = new HoldfastError('IO_ERROR', 'It broke.', { cause: new Error('the disk') });
    await using scene = await makeScene({ ...failing(error), env });
    await scene.holdfast('snapshots');
    expect(scene.stderr.text).toMatch(/failure\.test\.ts/);
    expect(scene.stderr.text).toContain('Error: the disk');
  });

  it('cannot drive the terminal', async () => {
    await using scene = await makeScene(failing(new HoldfastError('IO_ERROR', 'a\u001b[31mb\nc')));
    await scene.holdfast('snapshots');
    expect(scene.stderr.text).toContain('a\\x1b[31mb\\x0ac');
  });

  it('of usage is a document too, wherever --json stands', async () => {
    await using scene = await makeScene();
    expect(await scene.holdfast('bogus', '--json')).toBe(2);
    expect(JSON.parse(scene.stdout.text)).toMatchObject({ error: { code: 'BAD_USAGE' } });
  });

  it('to write the result, other than by a reader that had enough, is a failure', async () => {
    await using scene = await makeScene({ handlers: { 'snapshots.list': () => ({ snapshots: [], unreadable: [] }) } });
    scene.stdout.failure = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    expect(await scene.holdfast('snapshots')).toBe(1);
    expect(scene.stderr.text).toContain('Error NO_SPACE');
  });
});

describe('what was thrown is understood', () => {
  it('from a door, which sends the report', () => {
    const report = reportError(new HoldfastError('REPOSITORY_LOCKED', 'Locked by nas.'));
    expect(understand(new ORPCError('CONFLICT', { data: { report } }))).toEqual({ report, exitCode: 1 });
  });

  it('as the cause of something else', () => {
    const cause = new HoldfastError('NO_SPACE', 'The disk is full.');
    expect(understand(new Error('outer', { cause })).report).toEqual(reportError(cause));
  });

  it('as input that the contract refuses, by the name of its option', async () => {
    await using scene = await makeScene();
    expect(await scene.holdfast('key', 'remove', '')).toBe(2);
    expect(scene.stderr.text).toMatch(/^Error BAD_USAGE: Not usable for <key>: it is empty\.\n/);
    const refused = z.object({ tags: z.array(z.string().max(1)) }).safeParse({ tags: ['ab'] });
    expect(understand(refused.error)).toMatchObject({ exitCode: 2, report: { code: 'BAD_USAGE' } });
    expect(understand(refused.error).report.message).toBe('Not usable for --tag: it must have at most 1 character.');
  });

  it.each([
    [z.object({ limit: z.number().int().max(10) }), { limit: 11 }, '--limit: it must be at most 10'],
    [z.object({ limit: z.number() }), {}, '--limit: it is missing'],
    [z.object({ limit: z.number() }), { limit: 'x' }, '--limit: it is not as the command expects it'],
    [z.object({ overwrite: z.enum(['never', 'always']) }), { overwrite: 'x' }, '--overwrite: it can be never, always'],
    [z.object({ paths: z.array(z.string()).min(2) }), { paths: ['x'] }, '<path>: it must be given at least 2 times'],
    [z.object({ tags: z.string().regex(/x/) }), { tags: 'y' }, '--tag: it is not as the command expects it'],
    [z.object({ rules: z.any().refine(() => false, { error: 'a day is meant' }) }), {}, '--keep-*: a day is meant'],
  ])('as input that the contract refuses, in words of people: %#', (schema, input, words) => {
    expect(understand(schema.safeParse(input).error).report.message).toBe(`Not usable for ${words}.`);
  });

  it('as bad usage of the command that was meant', async () => {
    await using scene = await makeScene();
    for (const [argv, command] of [
      [['protect', '--frobnicate', '/data'], 'holdfast protect'],
      [['--quiet', 'source', 'add'], 'holdfast source add'],
      [['bogus'], 'holdfast'],
    ] as const) {
      expect(await scene.holdfast(...argv)).toBe(2);
      expect(scene.stderr.text, command).toContain(`\nSee \`${command} --help\`.\n`);
    }
  });

  it('as a fault of ours when it is nothing else', () => {
    expect(understand(new TypeError('x is not a function'))).toMatchObject({
      exitCode: 1,
      report: { code: 'INTERNAL' },
    });
    expect(understand('text')).toMatchObject({ exitCode: 1, report: { code: 'INTERNAL', message: 'text' } });
  });
});

describe('help', () => {
  it('is no failure when asked for, and opens nothing', async () => {
    await using scene = await makeScene();
    expect(await scene.holdfast('--help')).toBe(0);
    expect(await scene.holdfast('protect', '--help')).toBe(0);
    expect(await scene.holdfast('--version')).toBe(0);
    expect(scene.stdout.text).toContain('HOLDFAST_PASSWORD_FILE');
    expect(scene.stdout.text).toContain('1.2.3\n');
    expect([scene.stderr.text, scene.opened]).toEqual(['', 0]);
  });

  it('is a usage error when no command was given', async () => {
    await using scene = await makeScene();
    expect(await scene.holdfast()).toBe(2);
    expect(scene.stderr.text).toContain('Usage: holdfast');
  });
});
