/** A token is with Git while it runs, sent to its own server, and is nowhere else: also where everything fails. */
import { readdirSync, readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { startGitServer } from '../../support/git-server.ts';
import { makeUpstream, type Upstream } from '../../support/upstream.ts';

/** All forms of it: as it is, and as it is sent. */
function formsOf({ secret }: Upstream): readonly string[] {
  return [secret, Buffer.from(`x-access-token:${secret}`).toString('base64')];
}

function filesWith(folder: string, sought: readonly string[]): readonly string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => `${entry.parentPath}/${entry.name}`);
  return paths.filter((path) => {
    const content = readFileSync(path, 'latin1');
    return sought.some((form) => content.includes(form) || path.includes(form));
  });
}

/** Arguments are for everybody on the machine to see; an environment is for the account alone. */
function argumentsOfAll(): string {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => readIfThere(`/proc/${pid}/cmdline`)).join('\n');
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

test.runIf(process.platform === 'linux')('no run leaves the token in a file, an argument or an error', async () => {
  await using upstream = await makeUpstream();
  const forms = formsOf(upstream);
  const seen: string[] = [];
  const look = (): void => void seen.push(argumentsOfAll());
  const pointer = upstream.server.largeFiles.add('large');
  const files = { '.gitattributes': '*.bin filter=lfs\n', 'a.bin': pointer };
  await upstream.commit('main', files);
  const failures: unknown[] = [];
  const run = async (): Promise<void> => {
    await upstream.update().then(
      (outcome) => failures.push(outcome),
      (error: unknown) => failures.push(error),
    );
  };
  const answers = [404, 500, 403, 0];
  // First without a mirror, then with one.
  for (const isThere of [false, true]) {
    for (const status of answers) {
      upstream.server.fail((request, response) => {
        look();
        if (request.method !== 'POST') return false;
        if (status === 0) request.socket.destroy();
        else response.writeHead(status).end(`denied: ${upstream.secret} ${forms.join(' ')}`);
        return true;
      });
      await run();
    }
    upstream.server.fail(() => {
      look();
      return false;
    });
    upstream.server.largeFiles.lose('large');
    await run();
    if (!isThere) await upstream.commit('main', { 'b.bin': upstream.server.largeFiles.add('more') });
  }
  expect(failures).toHaveLength(10);
  expect(seen.join('\n')).toContain(upstream.url);
  for (const form of forms) {
    expect(seen.join('\n')).not.toContain(form);
    expect(failures.map((failure) => inspect(failure, { depth: 9, showHidden: true })).join('\n')).not.toContain(form);
  }
  expect(filesWith(upstream.workspace.path('mirrors'), forms)).toEqual([]);
  expect(filesWith(upstream.workspace.home, forms)).toEqual([]);
  expect(upstream.server.asked.filter(({ authorization }) => authorization === `Basic ${forms[1]}`)).not.toEqual([]);
});

test('a server that leads on to another host is not followed, and the token does not get there', async () => {
  await using upstream = await makeUpstream();
  await using elsewhere = await startGitServer({ root: upstream.workspace.path('server') });
  await upstream.commit('main', { a: '1' });
  const redirect = (method: string): void =>
    upstream.server.fail((request, response) => {
      if (request.method !== method) return false;
      response.writeHead(302, { location: elsewhere.base.slice(0, -1) + request.url }).end();
      return true;
    });
  for (const method of ['GET', 'POST']) {
    redirect(method);
    await expect(upstream.update(), method).rejects.toMatchObject({ code: 'GIT_REDIRECTED' });
  }
  upstream.server.fail(null);
  await upstream.update();
  for (const method of ['GET', 'POST']) {
    redirect(method);
    await expect(upstream.update(), method).rejects.toMatchObject({ code: 'GIT_REDIRECTED' });
  }
  expect(elsewhere.asked).toEqual([]);
});

test('a token in an address is refused before anything is asked or written, and not repeated', async () => {
  await using upstream = await makeUpstream();
  const url = upstream.url.replace('://', `://x:${upstream.secret}@`);
  const failure: unknown = await upstream.update({ url }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'GIT_URL_REFUSED' });
  expect(inspect(failure)).not.toContain(upstream.secret);
  expect(upstream.server.asked).toEqual([]);
});

test('each refusal has its own code: a wrong token, a place that may not be there, a server that does not answer', async () => {
  await using upstream = await makeUpstream();
  await upstream.commit('main', { a: '1' });
  const wrong = { base: upstream.server.base, user: 'x', secret: 'wrong' };
  await expect(upstream.update({ access: wrong })).rejects.toMatchObject({ code: 'GIT_REFUSED' });
  await expect(upstream.update({ access: null })).rejects.toMatchObject({ code: 'GIT_REFUSED' });
  await expect(upstream.update({ url: upstream.server.url('team/none.git') })).rejects.toMatchObject({
    code: 'GIT_NOT_FOUND',
  });
  await expect(upstream.update({ url: 'http://127.0.0.1:9/team/tools.git' })).rejects.toMatchObject({
    code: 'GIT_UNREACHABLE',
  });
  for (const [status, code] of [
    [500, 'GIT_UNREACHABLE'],
    [403, 'GIT_REFUSED'],
    [429, 'GIT_UNREACHABLE'],
  ] as const) {
    upstream.server.fail((_request, response) => {
      response.writeHead(status).end();
      return true;
    });
    await expect(upstream.update(), `${status}`).rejects.toMatchObject({ code });
  }
});
