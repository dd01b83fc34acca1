/** Runs of one source share its mirrors: one at a time, and while one fetches, its repository is there for others. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitDefinitionSchema } from '../../../shared/contract/sources.ts';
import { noHooks } from '../../../shared/model/hooks.ts';
import { connect, toTheEnd } from '../../support/client.ts';
import { makeUpstream } from '../../support/upstream.ts';

test('a second run of a source waits for the first, and neither keeps others from a repository meanwhile', async () => {
  await using scene = await makeScene();
  const { client, places, server } = scene;
  const [one, two] = places;
  const held = server.hold();
  const first = toTheEnd(await client.protection.protect({ repository: one, registered: 'code' }));
  await held.asked;
  const events = await client.protection.protect({ repository: two, registered: 'code' });
  const told = Promise.withResolvers<string>();
  const second = (async () => {
    let last;
    for await (const event of events) {
      if (event.type === 'notice') told.resolve(event.text);
      last = event;
    }
    return last;
  })();
  expect(await told.promise).toContain('Waits for the protect of code');
  for (const repository of places) {
    const { result } = await toTheEnd(await client.protection.protect({ repository, paths: [scene.folder] }));
    expect(result.result.status).toBe('complete');
  }
  const { jobs } = await client.jobs.list({});
  expect(
    jobs
      .filter(({ title }) => title === 'code')
      .map(({ state }) => state)
      .toSorted(byText),
  ).toEqual(['queued', 'running']);
  held.release();
  expect((await first).result.result).toMatchObject({ status: 'complete', source: 'code' });
  expect(await second).toMatchObject({ type: 'done', result: { status: 'complete', source: 'code' } });
});

test('sources taken together wait as well, and nobody waits for ever', async () => {
  await using scene = await makeScene();
  const { client, places, server } = scene;
  const [repository] = places;
  const held = server.hold();
  const first = toTheEnd(await client.protection.protect({ repository, registered: 'code' }));
  await held.asked;
  const system = toTheEnd(await client.systems.take({ repository, sources: ['code'] }));
  held.release();
  expect((await first).result.result.status).toBe('complete');
  expect((await system).result.result.members).toMatchObject([{ source: 'code', state: 'complete' }]);
});

const byText = (a: string, b: string): number => (a < b ? -1 : 1);

async function makeScene() {
  const upstream = await makeUpstream({ isPublic: true });
  await upstream.commit('main', { a: '1' });
  const { workspace, server, url } = upstream;
  const connected = await connect(workspace);
  const { client } = connected;
  const places = [workspace.path('one'), workspace.path('two')].map((location) => ({ location, password: 'secret' }));
  const [first, second] = places;
  if (first === undefined || second === undefined) throw new Error('two places');
  for (const repository of places) await client.repository.init({ repository });
  const source = gitDefinitionSchema.parse({ kind: 'git', name: 'code', commands: noHooks, urls: [url] });
  await client.sources.add({ repository: first, source });
  const folder = await workspace.folder('papers');
  writeFileSync(join(folder, 'paper'), 'text');
  return {
    client,
    folder,
    places: [first, second] as const,
    server,
    [Symbol.asyncDispose]: async () => {
      await connected[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}
