/** kill -9 at random moments of everything that writes to a mirror. */
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { endGitsOf } from '../../electron/engine/sources/git/leftovers.ts';
import { readHistory } from '../../electron/engine/sources/git/lost-history.ts';
import { verifyMirror } from '../../electron/engine/sources/git/verify.ts';
import { start } from '../support/processes.ts';
import { tortureTest, type Round } from '../support/torture/rounds.ts';
import { git, makeUpstream, type Upstream } from '../support/upstream.ts';

const program = fileURLToPath(new URL('../support/torture/update-mirror.ts', import.meta.url));

type Victim = Upstream & { readonly durationMs: number; readonly reset: () => void };

/** A mirror of some branches, all of which the server has since moved, some of them so that history is lost. */
async function behind(): Promise<Victim> {
  const upstream = await makeUpstream();
  const first = await upstream.commit('main', { a: '0' });
  const names = Array.from({ length: 30 }, (_, index) => `topic/${index}`);
  for (const name of names) await upstream.commit(name, { [name]: '1' }, first);
  await upstream.git('tag', '--annotate', '--message=first', 'v1', first);
  await upstream.update();
  const [moved, forced, deleted] = [names.slice(0, 10), names.slice(10, 20), names.slice(20)];
  for (const name of moved) await upstream.commit(name, { [name]: '2' });
  for (const name of forced) await upstream.commit(name, { [name]: '3' }, first);
  for (const name of deleted) await upstream.git('update-ref', '-d', `refs/heads/${name}`);
  await upstream.git('tag', '--force', '--annotate', '--message=moved', 'v1', 'main');
  const pointer = upstream.server.largeFiles.add('large');
  await upstream.commit('main', { '.gitattributes': '*.bin filter=lfs\n', 'a.bin': pointer });
  return timed(upstream, false);
}

/** One with many packs, and history that only a ref of ours leads to. */
async function ofManyPacks(): Promise<Victim> {
  const upstream = await makeUpstream();
  const first = await upstream.commit('main', { a: '0' });
  for (let run = 0; run < 8; run += 1) {
    await upstream.commit('main', { a: `${run}` }, run % 3 === 2 ? first : undefined);
    await upstream.update();
  }
  return timed(upstream, true);
}

/** A server whose repository has not been mirrored yet. */
async function unknown(): Promise<Victim> {
  const upstream = await makeUpstream();
  for (let count = 0; count < 20; count += 1) await upstream.commit('main', { a: `${count}`.repeat(5_000) });
  return timed(upstream, false);
}

async function timed(upstream: Upstream, isRepack: boolean): Promise<Victim> {
  const [mirrors, copy] = [upstream.workspace.path('mirrors'), upstream.workspace.path('copy')];
  if (existsSync(mirrors)) cpSync(mirrors, copy, { recursive: true });
  const reset = (): void => {
    rmSync(mirrors, { recursive: true, force: true });
    if (existsSync(copy)) cpSync(copy, mirrors, { recursive: true });
  };
  const running = startProgram(upstream, isRepack);
  const beganMs = await running.ready;
  expect(await running.finished).toMatchObject({ code: 0 });
  const durationMs = performance.now() - beganMs;
  reset();
  return { ...upstream, durationMs, reset };
}

function startProgram({ mirror, meta, work, url, server, secret }: Upstream, isRepack: boolean) {
  const access = { base: server.base, user: 'x', secret };
  const request = { folder: mirror, meta, work, url, access, pullRefs: false, lfs: true, isRepack };
  const running = start(process.execPath, [program, JSON.stringify(request)]);
  const ready = new Promise<number>((resolve) => {
    running.child.stdout?.once('data', () => resolve(performance.now()));
  });
  return { ...running, ready };
}

/** The engine alone is killed, and what it has started goes on, or that as well, as by a loss of power. */
async function killSomewhere(victim: Victim, isRepack: boolean, round: Round): Promise<void> {
  const running = startProgram(victim, isRepack);
  await Promise.race([running.ready, running.finished]);
  await Promise.race([sleep(victim.durationMs * 1.05 * round.random()), running.finished]);
  running.child.kill('SIGKILL');
  await running.finished;
  if (round.below(2) === 0) return endGitsOf(victim.mirror);
  // The next engine comes at once.
  expect(await startProgram(victim, false).finished).toMatchObject({ code: 0 });
}

async function expectSound({ mirror }: Upstream): Promise<void> {
  if (!existsSync(mirror)) return;
  const verdict = await verifyMirror(mirror, { full: true, signal: new AbortController().signal });
  expect(verdict).toEqual({ ok: true, problems: [] });
}

/** What the server has is there, what it has lost is kept and told once, and nothing of the killed run is left. */
async function expectUpToDate(victim: Victim): Promise<void> {
  expect((await victim.update()).problems).toEqual([]);
  const places = ['refs/heads', 'refs/tags', 'refs/notes'];
  const list = ['for-each-ref', '--format=%(objectname) %(refname)', ...places];
  expect(await git(victim.mirror, list)).toBe(await git(victim.bare, list));
  await expectSound(victim);
  const names = readdirSync(victim.workspace.path('mirrors'), { recursive: true }) as string[];
  expect(names.filter((name) => /\.lock$|\.keep$|tmp_|-tmp-|\/new-/.test(name))).toEqual([]);
}

async function keptOf({ mirror, meta }: Upstream): Promise<{ readonly told: string[]; readonly kept: string[] }> {
  const told = (await readHistory(meta)).map(({ ref, from }) => `${from} ${ref}`).toSorted();
  const listed = await git(mirror, ['for-each-ref', '--format=%(objectname) %(refname)', 'refs/holdfast/lost']);
  const kept = listed.split('\n').map((line) => line.replace(/ refs\/holdfast\/lost\/\d+\//, ' '));
  return { told, kept: kept.toSorted() };
}

tortureTest('first mirror', unknown, async (victim, round) => {
  victim.reset();
  await killSomewhere(victim, false, round);
  await expectSound(victim);
  await expectUpToDate(victim);
});

tortureTest('fetch, refs and large files', behind, async (victim, round) => {
  victim.reset();
  await killSomewhere(victim, false, round);
  await expectSound(victim);
  await expectUpToDate(victim);
  const { told, kept } = await keptOf(victim);
  expect(told).toHaveLength(21);
  expect(told).toEqual(kept);
  expect(existsSync(join(victim.mirror, 'lfs', 'objects'))).toBe(true);
});

tortureTest('repack', ofManyPacks, async (victim, round) => {
  victim.reset();
  const before = await git(victim.mirror, ['cat-file', '--batch-all-objects', '--batch-check']);
  await killSomewhere(victim, true, round);
  await expectSound(victim);
  await victim.commit('main', { a: round.seed });
  await expectUpToDate(victim);
  const after = new Set((await git(victim.mirror, ['cat-file', '--batch-all-objects', '--batch-check'])).split('\n'));
  expect(before.split('\n').filter((object) => !after.has(object))).toEqual([]);
});
