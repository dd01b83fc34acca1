import { createServer } from 'node:net';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { tokenSchema } from '../../../shared/contract/tokens.ts';
import { askAt, makeHttpEngine } from '../../support/http-engine.ts';
import { expectDone } from '../../support/expect-clean.ts';
import { serve } from '../../support/serving.ts';
import { makeWorkspace } from '../../support/workspace.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/tls/${name}`, import.meta.url));
const tls = { certFile: fixture('cert.pem'), keyFile: fixture('key.pem') };
const announcementSchema = z.object({ url: z.string(), origin: z.string(), socket: z.string() });

describe('the console', () => {
  test.each(['0.0.0.0', '::', '192.0.2.7', 'backup.example'])(
    'is not served at %s without TLS, and the home is free again',
    async (host) => {
      await expect(makeHttpEngine({ host })).rejects.toMatchObject({ code: 'TLS_REQUIRED' });
    },
  );

  test('is served everywhere with TLS, under the names of its certificate', async () => {
    await using engine = await makeHttpEngine({ host: '0.0.0.0', tls });
    const { port } = new URL(engine.origin);
    expect(engine.origin).toBe(`https://localhost:${port}`);
    for (const name of ['backup.example', '192.0.2.7', 'localhost']) {
      expect((await engine.ask('/login', { headers: { host: `${name}:${port}` } })).status, name).toBe(200);
    }
    for (const name of ['other.example', '192.0.2.8', '0.0.0.0']) {
      expect((await engine.ask('/login', { headers: { host: `${name}:${port}` } })).status, name).toBe(403);
    }
    const answer = await engine.ask('/login', {
      method: 'POST',
      headers: { origin: engine.origin },
      body: { secret: new URL(engine.newLink()).hash.slice(1) },
    });
    expect(answer.headers['set-cookie']?.[0]).toMatch(
      /^__Host-holdfast-\d+=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    // In the clear nothing is said there.
    await expect(askAt(`http://127.0.0.1:${port}`, '/login')).rejects.toHaveProperty('code');
  });

  test.each([
    ['a key of another certificate', { ...tls, keyFile: fixture('other-key.pem') }],
    ['a file that is none', { ...tls, certFile: fixture('README.md') }],
    ['something else in it', { ...tls, certFile: fileURLToPath(import.meta.url) }],
  ])('is not served with %s', async (_, wrong) => {
    await expect(makeHttpEngine({ host: '127.0.0.1', tls: wrong })).rejects.toMatchObject({ code: 'TLS_UNUSABLE' });
  });

  test('is at the same port next time, or at another one where that is taken', async () => {
    await using engine = await makeHttpEngine();
    const { port } = new URL(engine.origin);
    const file = join(engine.home, 'console.json');
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ port: Number(port) });
    await engine.restart();
    expect(new URL(engine.origin).port).toBe(port);
    await engine.stop();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(Number(port), '127.0.0.1', resolve));
    try {
      await engine.restart();
      expect(new URL(engine.origin).port).not.toBe(port);
      expect((await engine.ask('/login')).status).toBe(200);
    } finally {
      await new Promise((resolve) => other.close(resolve));
    }
  });
});

describe('holdfast serve', () => {
  test('prints a link on its first line, and the commands make tokens and links beside it', async () => {
    await using workspace = await makeWorkspace();
    await using serving = await serve(workspace);
    let printed = '';
    serving.running.child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    const made = await workspace.holdfast(['token', 'create', 'ci', '--role', 'read', '--expires', '90d', '--quiet']);
    const token = expectDone(made).stdout.trim();
    const { url } = expectDone(await workspace.holdfast(['console-link', '--json'])).json(
      z.object({ url: z.string(), expiresAt: z.string() }),
    );
    const { origin } = new URL(url);
    const me = () => askAt(origin, '/api/v1/me', { headers: { authorization: `Bearer ${token}` } });
    expect((await me()).json()).toMatchObject({ actor: 'token:ci', role: 'read' });
    const listed = expectDone(await workspace.holdfast(['token', 'list', '--json'])).json(z.array(tokenSchema));
    expect(listed).toMatchObject([{ name: 'ci', role: 'read', expired: false }]);
    expectDone(await workspace.holdfast(['token', 'revoke', 'ci']));
    expect((await me()).status).toBe(401);
    const ended = await serving.stop();
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stdout.split('\n')[0]).toMatch(new RegExp(`^${origin}/login#[\\w-]{43}$`));
    expect((await stat(join(workspace.home, 'holdfast', 'sessions'))).mode & 0o777).toBe(0o600);
  });

  test('serves at the port it is given, and says so as JSON on one line', async () => {
    await using workspace = await makeWorkspace();
    const running = workspace.startHoldfast(['serve', '--port', '0', '--json']);
    const line = await new Promise<string>((resolve) =>
      running.child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString())),
    );
    const { url, origin } = announcementSchema.parse(JSON.parse(line));
    expect(url.startsWith(`${origin}/login#`)).toBe(true);
    const taken = await workspace.holdfast(['serve', '--port', new URL(origin).port, '--json'], {
      env: { HOLDFAST_HOME: workspace.path('other-home') },
    });
    expect([taken.code, taken.error().code]).toEqual([1, 'LISTEN_FAILED']);
    running.signal('SIGTERM');
    expect((await running.finished).code).toBe(0);
  });

  test('refuses what cannot be meant, and leaves the home as it was', async () => {
    await using workspace = await makeWorkspace();
    const codeOf = async (...args: string[]) => (await workspace.holdfast(['serve', '--json', ...args])).error().code;
    expect(await codeOf('--host', '0.0.0.0')).toBe('TLS_REQUIRED');
    expect(await codeOf('--tls-cert', 'x')).toBe('BAD_USAGE');
    expect(await codeOf('--port', '65536')).toBe('BAD_USAGE');
    expect(await codeOf('--no-http', '--open')).toBe('BAD_USAGE');
    const link = await workspace.holdfast(['console-link', '--json']);
    expect(link.error().code).toBe('CONSOLE_NOT_SERVED');
  });

  test('serves commands alone with --no-http', async () => {
    await using workspace = await makeWorkspace();
    const running = workspace.startHoldfast(['serve', '--no-http']);
    const line = await new Promise<string>((resolve) =>
      running.child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString())),
    );
    expect(line).toMatch(/^Serving /);
    const link = await workspace.holdfast(['console-link', '--json']);
    expect(link.error().code).toBe('CONSOLE_NOT_SERVED');
    running.signal('SIGTERM');
    expect((await running.finished).code).toBe(0);
  });
});
