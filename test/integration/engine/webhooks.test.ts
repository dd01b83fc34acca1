import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { HookedSource, webhook } from '../../support/hooked-source.ts';

type Received = { readonly path: string; readonly method: string; readonly type: string; readonly body: unknown };

let received: Received[] = [];
const open: { close(): void }[] = [];

afterEach(() => {
  received = [];
  for (const server of open.splice(0)) server.close();
});

/** A server of the operator's, which writes down what it is told. */
async function serving(answer: (path: string, response: ServerResponse) => void): Promise<string> {
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { url: path = '', method = '', headers } = request;
    const body = JSON.parse(await bodyOf(request)) as unknown;
    received.push({ path, method, type: headers['content-type'] ?? '', body });
    answer(path, response);
  };
  const server = createServer((request, response) => void receive(request, response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => (server.closeAllConnections(), server.close()) });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

test('a webhook is told the same facts as a command, before and after', async () => {
  const origin = await serving((_path, response) => void response.end('frozen at 12:00'));
  await using place = await HookedSource.make();
  await place.hook({ before: webhook(`${origin}/freeze?database=main`), after: webhook(`${origin}/thaw`) });
  expect(await place.protect()).toMatchObject({ consistency: 'application', consistencyProblem: null });
  const run = (await place.newestRun())?.run ?? '';
  const sent = { method: 'POST', type: 'application/json' };
  expect(received).toEqual([
    { ...sent, path: '/freeze?database=main', body: { source: 'papers', run, hook: 'before', thawAfterSeconds: 70 } },
    { ...sent, path: '/thaw', body: { source: 'papers', run, hook: 'after', status: 'complete', snapshot: null } },
  ]);
  expect(await place.logOf('protect')).toContain('frozen at 12:00');
});

test.each([
  ['answers that it failed', 'answered with 503', (response: ServerResponse) => response.writeHead(503).end('no')],
  [
    'points elsewhere',
    'redirects are not followed',
    (response: ServerResponse) => response.writeHead(307, { location: '/elsewhere' }).end(),
  ],
  ['breaks off', 'could not be delivered', (response: ServerResponse) => response.destroy()],
])('a webhook whose server %s leaves a crash-consistent snapshot', async (_name, words, fail) => {
  const origin = await serving((path, response) => void (path === '/freeze' ? fail(response) : response.end()));
  await using place = await HookedSource.make();
  await place.hook({ before: webhook(`${origin}/freeze`), after: webhook(`${origin}/thaw`) });
  const said = { consistency: 'crash', consistencyProblem: expect.stringContaining(words) as string };
  expect(await place.protect()).toMatchObject({ ...said, status: 'complete' });
  expect(await place.snapshots()).toMatchObject([said]);
  expect(received.map(({ path }) => path)).toEqual(['/freeze', '/thaw']);
  expect(received[1]?.body).toMatchObject({ status: 'before-failed' });
});

test('a server that answers without end, or not at all, is not waited for', async () => {
  const origin = await serving((path, response) => {
    if (path !== '/endless') return;
    const pour = (): void => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
      response.once('drain', pour);
    };
    pour();
  });
  await using place = await HookedSource.make();
  const silent = { ...webhook(`${origin}/silent`), timeoutMs: 1_000 };
  await place.hook({ before: webhook(`${origin}/endless`), after: silent });
  expect(await place.protect()).toMatchObject({
    consistency: 'application',
    consistencyProblem: 'The hook after the capture took longer than 1 s and was ended.',
  });
});

test('an address with a password in it, or of another kind, is refused', async () => {
  await using place = await HookedSource.make();
  for (const url of ['http://me:secret@localhost/', 'file:///etc/passwd', 'ftp://localhost/', 'http://', 'localhost'])
    await expect(place.hook({ before: webhook(url) }), url).rejects.toMatchObject({ code: 'BAD_REQUEST' });
});
