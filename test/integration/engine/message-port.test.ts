import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { createORPCClient, ORPCError } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { describe, expect, test } from 'vitest';
import { serveEngine, type ContractClient, type ServedEngine } from '../../../electron/engine/engine.ts';
import type { LiveEvent } from '../../../shared/contract/live.ts';
import { makeWorkspace, type Workspace } from '../../support/workspace.ts';

type Page = AsyncDisposable & { readonly client: ContractClient; readonly counts: number[]; close(): void };

async function start(workspace: Workspace): Promise<ServedEngine & AsyncDisposable> {
  const caller = { tenant: 'default', actor: 'desktop:test' };
  const engine = await serveEngine({
    home: join(workspace.home, 'holdfast'),
    caller,
    version: '0',
    onNotice: () => undefined,
  });
  return { ...engine, [Symbol.asyncDispose]: () => engine.close() };
}

/** What a page does with the port that it was handed. */
function openPage(engine: ServedEngine): Page {
  const { port1, port2 } = new MessageChannel();
  const counts: number[] = [];
  engine.openPort(port1, { onCalls: (calls) => counts.push(calls) });
  const client: ContractClient = createORPCClient(new RPCLink({ port: port2 as never }));
  port2.start();
  const close = (): void => port2.close();
  return { client, counts, close, [Symbol.asyncDispose]: () => Promise.resolve(close()) };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

async function first<Event>(stream: Promise<AsyncIterable<Event>>): Promise<Event> {
  for await (const event of await stream) return event;
  throw new Error('No event came.');
}

async function readToTheEnd(stream: Promise<AsyncIterable<unknown>>): Promise<void> {
  for await (const _ of await stream);
}

describe('a page on a message port', () => {
  test('makes a repository, protects a folder and reads what came of it', async () => {
    await using workspace = await makeWorkspace();
    await using engine = await start(workspace);
    await using page = openPage(engine);
    const { password, repository: location } = workspace;
    const { repository } = await page.client.repositories.create({ location, password });
    const folder = await workspace.folder('papers');
    writeFileSync(join(folder, 'letter'), 'dear');

    const events = [];
    for await (const event of await page.client.protection.protect({
      repository: { id: repository.id },
      paths: [folder],
    })) {
      events.push(event);
    }

    expect(events[0]).toMatchObject({ type: 'job' });
    expect(events.at(-1)).toMatchObject({ type: 'done', result: { status: 'complete', files: { new: 1 } } });
    const { jobs } = await page.client.jobs.list({});
    expect(jobs.find(({ kind }) => kind === 'protect')).toMatchObject({ state: 'done', actor: 'desktop:test' });
  });

  test('is told what went wrong with its code, and never with a stack', async () => {
    await using workspace = await makeWorkspace();
    await using engine = await start(workspace);
    await using page = openPage(engine);
    const failure = await page.client.repositories
      .connect({ location: workspace.path('nowhere'), password: 'x' })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ORPCError);
    expect((failure as ORPCError<string, unknown>).data).toMatchObject({ report: { code: 'NOT_A_REPOSITORY' } });
    expect(JSON.stringify(failure)).not.toContain('.ts:');

    const wrong = await page.client.jobs.show({ job: '../../etc' }).catch((error: unknown) => error);
    expect((wrong as ORPCError<string, unknown>).data).toMatchObject({
      report: { code: 'BAD_USAGE' },
      wrongInput: [{ path: ['job'] }],
    });
  });

  test('leaves a stream, and the engine forgets it', async () => {
    await using workspace = await makeWorkspace();
    await using engine = await start(workspace);
    await using page = openPage(engine);
    const leave = new AbortController();
    const event: LiveEvent = await first(page.client.live.watch({}, { signal: leave.signal }));
    expect(event).toMatchObject({ type: 'state', sequence: 0 });
    leave.abort();
    await until(() => page.counts.at(-1) === 0);
    expect(page.counts).toContain(1);
    await expect(page.client.jobs.list({})).resolves.toMatchObject({ jobs: [] });
  });

  test('goes away in the middle of a stream, and nothing of it stays behind', async () => {
    await using workspace = await makeWorkspace();
    await using engine = await start(workspace);
    const page = openPage(engine);
    const events = (await page.client.live.watch({}))[Symbol.asyncIterator]();
    await events.next();
    page.close();
    await until(() => page.counts.at(-1) === 0);
  });

  test('learns that the engine ends, and from then on is refused', async () => {
    await using workspace = await makeWorkspace();
    const engine = await start(workspace);
    await using page = openPage(engine);
    const stream = readToTheEnd(page.client.live.watch({}));
    await until(() => page.counts.includes(1));
    const closing = engine.close();
    const refused = await page.client.jobs.list({}).catch((error: unknown) => error);
    expect((refused as ORPCError<string, unknown>).data).toMatchObject({ report: { code: 'ENGINE_STOPPED' } });
    await closing;
    await stream;
  });
});
