/** Repositories that are known to be gone: they are kept and listed, and a run that misses only those counts. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { SourceException } from '../../../shared/model/source-exceptions.ts';
import { addFilled, runSource } from '../../support/github-source.ts';
import { makeOrganisationScene } from '../../support/organisation.ts';
import { makeHubPlace, type HubPlace } from '../../support/sandbox-github.ts';

const day = (count: number): number => Date.parse('2026-06-01T00:00:00Z') + count * 24 * 3_600_000;

function accepted(part: string, atDay: number, untilDay: number | null = null): SourceException {
  const until = untilDay === null ? null : new Date(day(untilDay)).toISOString();
  return { part, reason: 'moved to the archive', acceptedAt: new Date(day(atDay)).toISOString(), until };
}

const runAt = (place: HubPlace, atDay: number, exceptions: readonly SourceException[] = []) =>
  runSource(place, { nowMs: () => day(atDay), exceptions });

async function makeThree(): Promise<HubPlace> {
  const place = await makeHubPlace();
  place.github.createOwner('acme');
  for (const name of ['a', 'b', 'c', 'd']) await addFilled(place, name);
  return place;
}

test('one that was accepted by its name or its number is no alarm, and stays listed until it is back', async () => {
  await using place = await makeThree();
  const { id } = place.github.repository('acme', 'a');
  await runAt(place, 0);
  place.github.remove('acme', 'a');
  const alarming = await runAt(place, 1);
  expect(alarming.prepared?.items[0]).toEqual({ path: '/acme/a.git', complete: false });
  expect(alarming.findings).toMatchObject([{ kind: 'missing', item: '/acme/a.git' }]);
  for (const part of ['a', 'ACME/a', String(id)]) {
    const { prepared, findings, issues } = await runAt(place, 3, [accepted(part, 2)]);
    expect(prepared?.items[0]).toEqual({ path: '/acme/a.git', complete: false, accepted: true });
    expect(findings).toEqual([
      { kind: 'missing', item: '/acme/a.git', sinceMs: day(1), accepted: 'moved to the archive' },
    ]);
    expect(issues.map(({ path, code }) => [path, code])).toEqual([['/acme/a.git', 'GITHUB_NOT_FOUND']]);
  }
  const other = await runAt(place, 3, [accepted('b', 2)]);
  expect(other.prepared?.items[0]).toEqual({ path: '/acme/a.git', complete: false });
});

test('the exception ends by itself once the repository was there again, and at its own end', async () => {
  await using place = await makeThree();
  const exceptions = [accepted('a', 2, 20)];
  await runAt(place, 0);
  place.github.createOwner('other');
  place.github.transfer('acme', 'a', 'other');
  expect((await runAt(place, 3, exceptions)).prepared?.items[0]).toMatchObject({ accepted: true });
  expect((await runAt(place, 21, exceptions)).prepared?.items[0]).toEqual({ path: '/acme/a.git', complete: false });
  place.github.transfer('other', 'a', 'acme');
  expect((await runAt(place, 4, exceptions)).prepared?.items[0]).toEqual({ path: '/acme/a.git', complete: true });
  place.github.transfer('acme', 'a', 'other');
  const again = await runAt(place, 5, exceptions);
  expect(again.prepared?.items[0]).toEqual({ path: '/acme/a.git', complete: false });
  expect(again.findings).toMatchObject([{ kind: 'missing' }]);
});

test('one that is closed by GitHub can be accepted, one of which nothing was kept cannot', async () => {
  await using place = await makeThree();
  await runAt(place, 0);
  place.github.repository('acme', 'a').block('dmca');
  await addFilled(place, 'new');
  place.github.repository('acme', 'new').block('dmca');
  const { prepared } = await runAt(place, 2, [accepted('a', 1), accepted('new', 1)]);
  expect(prepared?.items.filter(({ complete }) => !complete)).toEqual([
    { path: '/acme/a.git', complete: false, accepted: true },
    { path: '/acme/new.git', complete: false },
  ]);
});

test('by command: the run is complete with exceptions, and its last state is in every later tree', async () => {
  await using scene = await makeOrganisationScene();
  for (const name of ['api', 'web', 'ui', 'old']) scene.add(name);
  await scene.protect();
  scene.github.remove('acme', 'old');
  expect((await scene.protect(3)).status).toBe('partial');
  await scene.must(['source', 'accept', 'acme', 'old', '--reason', 'closed last year']);
  const { status, snapshot, items } = await scene.protect();
  expect(status).toBe('completeWithExceptions');
  expect(items.find(({ path }) => path === '/acme/old.git')).toMatchObject({ accepted: true });
  const listed = await scene.must(['ls', `${snapshot}:/acme`]);
  expect(listed.stdout).toContain('old.git');
  const snapshots = await scene.must(['snapshots', '--json']);
  expect(snapshots.stdout).toContain('completeWithExceptions');
  expect((await scene.must(['source', 'show', 'acme'])).stdout).toContain('old: closed last year');
  await scene.must(['source', 'accept', 'acme', 'old', '--withdraw']);
  expect((await scene.protect(3)).status).toBe('partial');
  expect(existsSync(join(scene.folder, 'old.git', 'HEAD'))).toBe(true);
});
