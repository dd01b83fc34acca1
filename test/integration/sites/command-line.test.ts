/** Sites as an operator keeps them from the command line: two repositories with two passwords, and restic to look. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fetchResultSchema, syncItemSchema, syncResultSchema } from '../../../shared/contract/sync.ts';
import { forgetResultSchema } from '../../../shared/contract/upkeep.ts';
import { buildOnce } from '../../support/build-once.ts';
import { createRepository } from '../../support/restic-repository.ts';
import { makeWorkspace, type Workspace } from '../../support/workspace.ts';

const sitePassword = 'another password altogether';

beforeAll(() => {
  process.env['TEST_SITE_PASSWORD'] = sitePassword;
});
afterAll(() => {
  delete process.env['TEST_SITE_PASSWORD'];
});

async function must(workspace: Workspace, args: readonly string[], home?: string) {
  const result = await workspace.here(args, home === undefined ? {} : { env: { HOLDFAST_HOME: home } });
  expect(result.code, `holdfast ${args.join(' ')}: ${result.stderr}`).toBe(0);
  return result;
}

async function failure(workspace: Workspace, args: readonly string[]) {
  const result = await workspace.here([...args, '--json']);
  expect(result.code, args.join(' ')).not.toBe(0);
  return result.error();
}

/** Whose key opens in a millisecond. */
function quickPlace(place: string): void {
  createRepository(place, { password: sitePassword, scrypt: { N: 1024, r: 8, p: 1 } }).writeIndex();
}

async function withSource(): Promise<Workspace> {
  const workspace = await makeWorkspace({ inMemory: true });
  const folder = await workspace.folder('papers');
  writeFileSync(workspace.path('papers', 'letter'), 'Dear all');
  writeFileSync(workspace.path('papers', 'noise'), Buffer.alloc(3_000_000, 7));
  workspace.init();
  await must(workspace, ['source', 'add', 'folder', '--name', 'papers', '--set', `path=${folder}`]);
  await must(workspace, ['protect', 'papers']);
  return workspace;
}

async function addSite(workspace: Workspace): Promise<void> {
  const place = workspace.path('berlin');
  await must(workspace, ['site', 'add', 'berlin', place, '--secret', 'password=env:TEST_SITE_PASSWORD']);
}

/** A source with a snapshot, and a site `berlin` that has nothing of it yet. */
const withSite = buildOnce(async () => {
  const workspace = await withSource();
  quickPlace(workspace.path('berlin'));
  await addSite(workspace);
  return workspace;
});

const atSite = (workspace: Workspace, place: string, args: readonly string[]) =>
  workspace.mustRestic(args, {
    env: { ...workspace.resticEnv(), RESTIC_REPOSITORY: place, RESTIC_PASSWORD: sitePassword },
  });

const run = async (workspace: Workspace, ...args: string[]) =>
  (await must(workspace, ['sync', 'run', ...args, '--json'])).json(syncResultSchema).sites;

const heldSchema = z.object({
  snapshots: z.array(
    z.object({ id: z.string(), original: z.string(), source: z.string(), reasons: z.array(z.string()) }),
  ),
});

test('a site gets every snapshot once, under its own password, and restic reads it', async () => {
  await using workspace = await withSite();
  const place = workspace.path('berlin');
  appendFileSync(workspace.path('papers', 'letter'), ', and more');
  await must(workspace, ['protect', 'papers']);

  const [first] = await run(workspace, '--to', 'berlin');
  expect(first).toMatchObject({ site: 'berlin', sent: 2, failed: 0, waiting: 0, problem: null });
  expect(first?.figures.sentBytes).toBeGreaterThan(1_000);
  const [again] = await run(workspace, '--to', 'berlin');
  expect(again?.sent ?? 0).toBe(0);
  expect(again?.figures.sentBytes ?? 0).toBe(0);

  await atSite(workspace, place, ['check', '--read-data']);
  await atSite(workspace, place, [
    'restore',
    'latest',
    '--path',
    workspace.path('papers'),
    '--target',
    workspace.path('back'),
  ]);
  const back = workspace.path('back', workspace.path('papers'), 'letter');
  expect(readFileSync(back, 'utf8')).toBe('Dear all, and more');

  const history = (await must(workspace, ['sync', 'history', '--json'])).json(z.array(syncItemSchema));
  expect(history.map(({ state, source }) => [state, source])).toEqual([
    ['done', 'papers'],
    ['done', 'papers'],
  ]);
  // What the first of them brought is counted once.
  const sent = history.reduce((sum, { figures }) => sum + (figures?.sentBytes ?? 0), 0);
  expect(sent).toBe(first?.figures.sentBytes);
});

test('a new site is cut at the same points, and one that is there is connected as it is', async () => {
  await using workspace = await withSource();
  const place = workspace.path('berlin');
  await addSite(workspace);
  const polynomial = async (location: string, password: string): Promise<string> => {
    const env = { ...workspace.resticEnv(), RESTIC_REPOSITORY: location, RESTIC_PASSWORD: password };
    const { stdout } = await workspace.mustRestic(['cat', 'config'], { env });
    return (JSON.parse(stdout) as { chunker_polynomial: string }).chunker_polynomial;
  };
  expect(await polynomial(place, sitePassword)).toBe(await polynomial(workspace.repository, workspace.password));
  expect((await failure(workspace, ['site', 'add', 'berlin', workspace.path('x')])).code).toBe('SITE_EXISTS');
  const twin = ['site', 'add', 'twin', place, '--secret', 'password=env:TEST_SITE_PASSWORD'];
  expect((await failure(workspace, twin)).code).toBe('SITE_EXISTS');
  await must(workspace, ['site', 'remove', 'berlin']);
  await must(workspace, twin);
});

test('rules say what goes and for how long; loops are refused with their way', async () => {
  await using workspace = await withSite();
  quickPlace(workspace.path('oslo'));
  const other = ['site', 'add', 'oslo', workspace.path('oslo'), '--secret', 'password=env:TEST_SITE_PASSWORD'];
  await must(workspace, other);
  await must(workspace, ['sync', 'rule', 'add', '--to', 'berlin', '--keep', '30d', '--prefix', 'copy-']);
  await must(workspace, ['sync', 'rule', 'add', '--from', 'berlin', '--to', 'oslo', '--source', 'papers']);
  const loop = await failure(workspace, ['sync', 'rule', 'add', '--from', 'oslo', '--to', 'berlin']);
  expect(loop).toMatchObject({ code: 'SYNC_LOOP' });
  expect(loop.message).toContain('oslo → berlin → oslo');

  // A chain: what came to the first goes on to the second, under the name that it has where it was taken.
  expect(await run(workspace)).toMatchObject([{ site: 'berlin', sent: 1 }]);
  expect(await run(workspace)).toMatchObject([{ site: 'oslo', sent: 1 }]);
  const berlin = (await must(workspace, ['site', 'show', 'berlin', '--json'])).json(heldSchema).snapshots;
  const oslo = (await must(workspace, ['site', 'show', 'oslo', '--json'])).json(heldSchema).snapshots;
  expect(berlin.map(({ original }) => original)).toEqual(oslo.map(({ original }) => original));
  expect(berlin[0]?.id).not.toBe(oslo[0]?.id);
  expect(berlin[0]?.reasons.join()).toContain('sync rule, 30 days');
  const { stdout } = await atSite(workspace, workspace.path('berlin'), ['snapshots', '--json', '--tag', 'copy-papers']);
  expect(JSON.parse(stdout)).toHaveLength(1);
  expect((await failure(workspace, ['site', 'remove', 'berlin'])).code).toBe('SITE_IN_USE');
});

test('a fresh home finds the site and its rules again, in the repository and at the site alone', async () => {
  await using workspace = await withSite();
  // Whenever this runs, the line opens half a day later.
  const hour = String((new Date().getHours() + 12) % 24).padStart(2, '0');
  await must(workspace, ['site', 'set', 'berlin', '--set', `window=daily ${hour}:00-${hour}:59 full; otherwise off`]);
  const closed = await workspace.here(['sync', 'run', '--to', 'berlin']);
  expect(closed.code).toBe(3);
  expect(closed.stdout).toMatch(
    /^berlin: nothing was sent\. 1 snapshot waits for its window, at \d{4}-\d\d-\d\d \d\d:\d\d\.$/m,
  );
  expect(closed.stderr).toContain('To send now, without waiting: holdfast sync run --to "berlin" --now');
  expect(closed.stderr).toContain('Exit code 3: not all that was asked for is there yet.');
  await must(workspace, ['site', 'set', 'berlin', '--set', 'place=Berlin', '--set', 'window=mon-fri 08:00-18:00 off']);
  await must(workspace, ['sync', 'rule', 'add', '--to', 'berlin', '--priority', '2']);
  // At once: whoever runs this in office hours would find the line closed.
  await run(workspace, '--now');
  const home = await workspace.folder('new-home');
  await must(workspace, ['recover'], home);
  const rules = await must(workspace, ['sync', 'rule', 'list', '--json'], home);
  expect(JSON.parse(rules.stdout)).toMatchObject([{ to: 'berlin', priority: 2 }]);
  const before = await must(workspace, ['site', 'list', '--json'], home);
  expect(JSON.parse(before.stdout)).toMatchObject({
    sites: [{ name: 'berlin', state: 'unconnected', domain: { place: 'Berlin' } }],
  });
  await must(workspace, ['site', 'connect', 'berlin', '--secret', 'password=env:TEST_SITE_PASSWORD'], home);
  // It knows that all of it is there.
  const sent = await must(workspace, ['sync', 'run', '--to', 'berlin', '--now', '--json'], home);
  expect(sent.json(syncResultSchema).sites.reduce((sum, site) => sum + site.sent, 0)).toBe(0);

  const last = await workspace.folder('last-home');
  const env = { HOLDFAST_HOME: last, HOLDFAST_REPOSITORY: workspace.path('berlin'), HOLDFAST_PASSWORD: sitePassword };
  const recovered = await workspace.here(['recover', '--json'], { env });
  expect(recovered.code, recovered.stderr).toBe(0);
  expect(JSON.parse(recovered.stdout)).toMatchObject({ sites: ['berlin'], sources: ['papers'] });
});

test('a remote snapshot comes back for a while, beside what is here, and nothing is taken for something else', async () => {
  await using workspace = await withSite();
  await run(workspace, '--to', 'berlin');
  appendFileSync(workspace.path('papers', 'letter'), ', and more');
  await must(workspace, ['protect', 'papers']);
  const held = (await must(workspace, ['site', 'show', 'berlin', '--json'])).json(heldSchema).snapshots;
  const original = held[0]?.original ?? '';
  await must(workspace, ['forget', original]);

  const fetched = (await must(workspace, ['sync', 'fetch', 'berlin', original.slice(0, 10), '--json'])).json(
    fetchResultSchema,
  );
  expect(fetched).toMatchObject({ fetched: [{ original, source: 'papers' }] });
  const days = (Date.parse(fetched.keepUntil ?? '') - Date.now()) / (24 * 3_600_000);
  expect(Math.round(days)).toBe(3);
  const { stdout } = await workspace.mustRestic(['cat', 'snapshot', fetched.fetched[0]?.id ?? '']);
  const file = JSON.parse(stdout) as { original: string; tags: string[] };
  expect(file.original).toBe(original);
  expect(file.tags).toContain('holdfast:fetched-from=berlin');
  const preview = await must(workspace, ['retention', 'show', 'papers', '--json']);
  expect(preview.stdout).toContain('fetched back from a site');
  // It is not sent where it came from.
  const [again] = await run(workspace, '--to', 'berlin');
  expect(again).toMatchObject({ sent: 1 });
});

test('what is to be sent first does not expire before; then it does', async () => {
  await using workspace = await withSite();
  await must(workspace, [
    'profile',
    'add',
    '--name',
    'short',
    '--set',
    'manual=1h',
    '--set',
    'd.when=daily 01:00',
    '--set',
    'd.keep=1h',
  ]);
  await must(workspace, ['profile', 'assign', 'short', '--source', 'papers']);
  await must(workspace, ['sync', 'rule', 'add', '--to', 'berlin', '--keep', 'forever', '--hold-until-sent']);
  await must(workspace, ['protect', 'papers', '--force']);
  const preview = async (): Promise<string> =>
    (await must(workspace, ['retention', 'show', 'papers', '--json'])).stdout;
  expect(await preview()).toContain('not sent yet to berlin');
  await expectHeldFromForget(workspace);
  await run(workspace);
  expect(await preview()).not.toContain('not sent yet');
});

/** Of what nobody has sent, rules take nothing, and a name only with a reason, which the job remembers. */
async function expectHeldFromForget(workspace: Workspace): Promise<void> {
  const byRule = await must(workspace, ['forget', '--source', 'papers', '--keep-last', '1', '--json']);
  const { groups, removed } = byRule.json(forgetResultSchema);
  expect(removed).toEqual([]);
  const [, oldest] = groups[0]?.decisions ?? [];
  expect(oldest).toMatchObject({ keep: true, reasons: ['not sent yet to berlin'] });
  const named = ['forget', oldest?.snapshot ?? ''];
  expect((await failure(workspace, named)).code).toBe('SNAPSHOT_UNSENT');
  const forced = await must(workspace, [...named, '--unsent', 'it holds what must not travel', '--dry-run']);
  expect(forced.stderr).toContain('it holds what must not travel');
}

test('while everything is frozen nothing is sent', async () => {
  await using workspace = await withSite();
  await must(workspace, ['incident', 'freeze', '--reason', 'files look encrypted']);
  expect((await failure(workspace, ['sync', 'run', '--to', 'berlin'])).code).toBe('FROZEN');
  await must(workspace, ['incident', 'end']);
  expect(await run(workspace, '--to', 'berlin')).toMatchObject([{ sent: 1 }]);
});

test('a site that does not answer is told by name, and gets it once it answers', async () => {
  await using workspace = await withSite();
  const place = workspace.path('berlin');
  const { rename } = await import('node:fs/promises');
  await rename(place, `${place}-away`);
  const away = await workspace.here(['sync', 'run', '--to', 'berlin', '--json']);
  expect(away.code).toBe(1);
  expect(away.json(syncResultSchema).sites).toMatchObject([{ site: 'berlin', sent: 0, waiting: 1 }]);
  await rename(`${place}-away`, place);
  expect(await run(workspace, '--to', 'berlin')).toMatchObject([{ sent: 1, problem: null }]);
});
