/** Programs and browsers that come, ask, watch, and leave without a word, for long: nothing of them stays. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { ContractClient } from '../../electron/engine/engine.ts';
import { LoadClient, signIn } from '../support/api-load.ts';
import { makeHttpEngine, type HttpEngine } from '../support/http-engine.ts';

const isLong = process.env['HOLDFAST_TORTURE_ROUNDS'] !== undefined;
const lastsMs = isLong ? 10 * 60_000 : 7_000;
/** Until caches are as large as they get. */
const warmUpMs = isLong ? 60_000 : 3_000;
const programs = 8;
const browsers = 3;
/** However slow the machine is. */
const leastTurns = 3;
const mebibyte = 1024 * 1024;

type Held = { readonly heap: number; readonly handles: number; readonly streams: number; readonly sessions: number };

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

async function heldBy(client: ContractClient): Promise<Held> {
  const { counts } = await client.engine.diagnostics({});
  // What was left without a word is noticed in a moment.
  for (let turn = 0; turn < 4; turn++) {
    await sleep(50);
    collect();
  }
  const handles = process.getActiveResourcesInfo().filter((name) => name !== 'Timeout' && name !== 'Immediate').length;
  const { streams = -1, sessions = -1 } = counts;
  return { heap: process.memoryUsage().heapUsed, handles, streams, sessions };
}

async function settled(client: ContractClient): Promise<Held> {
  let held = await heldBy(client);
  for (let turn = 0; turn < 100 && held.streams > 0; turn++) held = await heldBy(client);
  return held;
}

/** A program: lists, a token of its own for a while, and something that is changed, with retries. */
async function program(engine: HttpEngine, token: string, turn: number): Promise<void> {
  using client = new LoadClient(engine.origin, engine.bearer(token));
  const leave = new AbortController();
  const following = client.follow(turn % 2 === 0 ? '/api/v1/events' : '/api/v1/live', leave.signal);
  for (let call = 0; call < 8; call++) expect((await client.list(turn + call, bodies)).status).toBe(200);
  const key = { 'idempotency-key': `${turn}-${Math.random()}` };
  const name = `soak ${key['idempotency-key']}`;
  const made = await client.ask('POST', '/api/v1/tokens', { name, role: 'read' }, key);
  expect(made.status, made.text).toBe(200);
  expect((await client.ask('POST', '/api/v1/tokens', { name, role: 'read' }, key)).status).toBe(409);
  const gone = await client.ask(
    'POST',
    `/api/v1/tokens/${(JSON.parse(made.text) as { token: { id: string } }).token.id}/revoke`,
    {},
  );
  expect(gone.status, gone.text).toBe(200);
  leave.abort();
  await following;
}

const bodies: Record<string, unknown> = {};

async function browser(engine: HttpEngine, client: ContractClient): Promise<void> {
  using page = new LoadClient(engine.origin, await signIn(engine.origin, (await client.console.link({})).url));
  const leave = new AbortController();
  const watching = page.follow('/api/v1/live', leave.signal);
  for (let call = 0; call < 6; call++) expect((await page.list(call, bodies)).status).toBe(200);
  await sleep(100);
  leave.abort();
  await watching;
  // Half of them sign out, the others are put out.
  if (Math.random() < 0.5) expect((await page.ask('POST', '/logout', {})).status).toBe(204);
}

test(
  `an engine that many ask for ${lastsMs / 1000} s holds nothing of who has left`,
  async () => {
    await using engine = await makeHttpEngine({ limits: { signInsPerMinute: 100_000 } });
    const client = await engine.client();
    const made = await client.repositories.create({ location: join(engine.home, 'repository'), password: 'of a test' });
    const repository = { id: made.repository.id };
    bodies['snapshots'] = { repository };
    await client.settings.set({ repository, key: 'api.per-minute', value: 0 });
    await engine.restart();
    const again = await engine.client();
    await again.repositories.unlock({ id: repository.id, password: 'of a test' });
    const folder = join(engine.home, '..', 'soaked');
    await mkdir(folder);
    const tokens = await Promise.all(Array.from({ length: programs }, () => engine.token('admin')));
    let turn = 0;
    const oneTurn = async (): Promise<void> => {
      turn += 1;
      await writeFile(join(folder, 'file'), `turn ${turn}`);
      const protecting = (async () => {
        for await (const event of await again.protection.protect({ repository, paths: [folder] })) void event;
      })();
      await Promise.all([
        ...tokens.map((token, number) => program(engine, token, turn + number)),
        ...Array.from({ length: browsers }, () => browser(engine, again)),
        protecting,
      ]);
      await again.sessions.revokeAll({ own: true });
    };
    const until = async (end: number): Promise<void> => {
      for (let own = 0; own < leastTurns || performance.now() < end; own++) await oneTurn();
    };
    await until(performance.now() + warmUpMs);
    const before = await settled(again);
    const turnsBefore = turn;
    await until(performance.now() + lastsMs);
    const after = await settled(again);
    const turns = turn - turnsBefore;
    const words = `${turns} turns: heap ${Math.round(before.heap / mebibyte)} to ${Math.round(after.heap / mebibyte)} MiB`;
    expect({ streams: after.streams, sessions: after.sessions }).toEqual({ streams: 0, sessions: 0 });
    expect(after.handles, words).toBeLessThanOrEqual(before.handles + 5);
    // A turn that left 100 KiB behind would show.
    expect(after.heap - before.heap, words).toBeLessThan(Math.max(24 * mebibyte, turns * 100 * 1024));
  },
  lastsMs + warmUpMs + 300_000,
);
