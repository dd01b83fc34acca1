import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { makeHttpEngine, type HttpEngine } from '../../support/http-engine.ts';

const files = {
  'index.html': '<!doctype html><html><head><title>Console</title></head><body></body></html>',
  'assets/app-1a2b3c.js': 'export {};',
  'icon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
};

/** Whatever is sent, all that comes back until the engine closes the connection. */
function converse(engine: HttpEngine, text: string): Promise<string> {
  const { hostname, port } = new URL(engine.origin);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => void socket.write(text));
    let heard = '';
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')));
    socket.once('error', reject).once('close', () => resolve(heard));
  });
}

describe('a request under a foreign name', () => {
  test.each([
    'evil.example',
    'evil.example:{port}',
    '127.0.0.1',
    '127.0.0.1:1',
    'localhost.evil.example:{port}',
    '127.0.0.1:{port}@evil.example',
    '127.0.0.1:{port}/x',
    '0.0.0.0:{port}',
  ])('as %j is refused, whatever it asks for', async (name) => {
    await using engine = await makeHttpEngine({ files });
    const token = await engine.token('admin');
    const host = name.replace('{port}', new URL(engine.origin).port);
    for (const path of ['/', '/login', '/assets/app-1a2b3c.js', '/api/v1/me', '/rpc/console/me']) {
      const answer = await engine.ask(path, { headers: { host, ...engine.bearer(token) } });
      expect(answer.status, `${path} ${answer.text}`).toBe(403);
    }
    expect(engine.log.at(-1)).toMatchObject({ level: 'warn', facts: { host } });
  });

  test('is looked at when the name means this machine', async () => {
    await using engine = await makeHttpEngine();
    for (const name of ['127.0.0.1', 'localhost', '[::1]', 'LOCALHOST']) {
      const host = `${name}:${new URL(engine.origin).port}`;
      expect((await engine.ask('/login', { headers: { host } })).status, name).toBe(200);
    }
  });
});

describe('a request of a foreign page', () => {
  test('is refused by its origin, also where it has the cookie', async () => {
    await using engine = await makeHttpEngine();
    const signedIn = await engine.signIn();
    const { port } = new URL(engine.origin);
    const foreign = [
      'null',
      'https://evil.example',
      `http://evil.example:${port}`,
      `https://127.0.0.1:${port}`,
      'http://127.0.0.1:1',
    ];
    for (const origin of foreign) {
      const asked = { method: 'POST', headers: { ...signedIn, origin }, body: { json: {} } };
      const answer = await engine.ask('/rpc/console/link', asked);
      expect(answer.status, origin).toBe(403);
      expect(answer.json()).toMatchObject({ json: { code: 'REQUEST_REFUSED' } });
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      expect((await engine.ask('/logout', asked)).status, origin).toBe(403);
    }
    const asked = { method: 'POST', headers: { ...signedIn, origin: engine.origin }, body: { json: {} } };
    expect((await engine.ask('/rpc/console/me', asked)).status).toBe(200);
  });

  test('is refused by what the browser says of it, unless somebody opens the console', async () => {
    await using engine = await makeHttpEngine({ files });
    const signedIn = await engine.signIn();
    const from = (site: string, mode: string, dest: string) => ({
      headers: {
        ...signedIn,
        'sec-fetch-site': site,
        'sec-fetch-mode': mode,
        'sec-fetch-dest': dest,
        accept: 'text/html',
      },
    });
    for (const site of ['cross-site', 'same-site']) {
      expect((await engine.ask('/', from(site, 'navigate', 'document'))).status).toBe(200);
      expect((await engine.ask('/', from(site, 'navigate', 'iframe'))).status).toBe(403);
      expect((await engine.ask('/assets/app-1a2b3c.js', from(site, 'no-cors', 'script'))).status).toBe(403);
      expect((await engine.ask('/api/v1/me', from(site, 'navigate', 'document'))).status).toBe(403);
      expect((await engine.ask('/api/v1/me', from(site, 'no-cors', 'image'))).status).toBe(403);
    }
    expect((await engine.ask('/api/v1/me', from('same-origin', 'cors', 'empty'))).status).toBe(200);
  });

  test('cannot make a browser call anything by an address alone', async () => {
    await using engine = await makeHttpEngine();
    const signedIn = await engine.signIn();
    for (const path of [
      '/rpc/console/link',
      '/rpc/console/link?data=%7B%22json%22%3A%7B%7D%7D',
      '/api/v1/console/link',
    ]) {
      const answer = await engine.ask(path, { headers: { ...signedIn } });
      expect([400, 404], `${path}: ${answer.text}`).toContain(answer.status);
      expect(answer.text).not.toContain('/login#');
    }
  });

  test('gets no answer to the question whether it may', async () => {
    await using engine = await makeHttpEngine();
    const answer = await engine.ask('/rpc/console/me', {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(answer.status).toBe(403);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('what is sent', () => {
  test('may not be larger than a call needs', async () => {
    await using engine = await makeHttpEngine({ limits: { bodyBytes: 10_000 } });
    const token = await engine.token('admin');
    const body = { name: 'x'.repeat(20_000), role: 'read' };
    const answer = await engine.ask('/api/v1/tokens', { method: 'POST', headers: engine.bearer(token), body });
    expect(answer.status).toBe(413);
    expect(answer.json()).toMatchObject({ code: 'REQUEST_TOO_LARGE' });
  });

  test('is not even read from whom is not let in', async () => {
    await using engine = await makeHttpEngine({ limits: { bodyBytes: 10_000 } });
    const headers = { 'content-length': 1_000_000_000, 'content-type': 'application/json' };
    const { host } = new URL(engine.origin);
    const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const heard = await converse(
      engine,
      `POST /rpc/console/me HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n${head.join('')}\r\n`,
    );
    expect(heard).toMatch(/^HTTP\/1\.1 401 /);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml'])(
    'as %s is no call',
    async (type) => {
      await using engine = await makeHttpEngine();
      const token = await engine.token('admin');
      const headers = { ...engine.bearer(token), 'content-type': type };
      const answer = await engine.ask('/rpc/console/me', { method: 'POST', headers, body: '{"json":{}}' });
      expect(answer.status).toBe(415);
      expect(answer.json()).toMatchObject({ json: { code: 'REQUEST_INVALID' } });
    },
  );

  test.each([
    '{',
    '',
    '[]',
    '"x"',
    'null',
    '{"json":{"__proto__":{"role":"admin"}}}',
    '{"meta":[[1]]}',
    '{"json":{},"meta":7}',
  ])('as %j is refused in words, without a stack', async (body) => {
    await using engine = await makeHttpEngine();
    const token = await engine.token('admin');
    for (const path of ['/rpc/jobs/show', '/api/v1/sources/find']) {
      const answer = await engine.ask(path, { method: 'POST', headers: engine.bearer(token), body });
      expect(answer.status, `${path}: ${answer.text}`).toBe(400);
      expect(answer.headers['content-type']).toMatch(/^application\/json/);
      expect(answer.text).not.toMatch(/\bat .*\.(?:ts|js|mjs)|node_modules|ZodError|TypeError/);
    }
  });

  test('must have come in time', async () => {
    const limits = { headersTimeoutMs: 200, requestTimeoutMs: 400, checkEveryMs: 50 };
    await using engine = await makeHttpEngine({ limits });
    const { host } = new URL(engine.origin);
    const headers = converse(engine, `GET /login HTTP/1.1\r\nhost: ${host}\r\nx-slow: `);
    const token = await engine.token('admin');
    const body = converse(
      engine,
      `POST /rpc/console/me HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${token}\r\n` +
        'content-type: application/json\r\ncontent-length: 100\r\n\r\n{',
    );
    for (const heard of [await headers, await body]) {
      expect(heard).toMatch(/^HTTP\/1\.1 408 /);
      expect(heard).toContain('"code":"REQUEST_INVALID"');
    }
    expect((await engine.ask('/login')).status).toBe(200);
  });

  test('has headers of a bounded size, and is HTTP', async () => {
    await using engine = await makeHttpEngine();
    const { host } = new URL(engine.origin);
    const large = await converse(engine, `GET / HTTP/1.1\r\nhost: ${host}\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`);
    expect(large).toMatch(/^HTTP\/1\.1 431 /);
    expect(await converse(engine, 'good evening\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await converse(engine, 'GET / HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('the files of the console', () => {
  test('come with a policy that lets a page load nothing from elsewhere', async () => {
    await using engine = await makeHttpEngine({ files });
    const signedIn = await engine.signIn();
    const page = await engine.ask('/', { headers: { ...signedIn } });
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    const nonce = /<meta property="csp-nonce" nonce="([\w+/=]{24})">/.exec(page.text)?.[1];
    expect(String(page.headers['content-security-policy']).split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      `style-src 'self' 'nonce-${nonce}'`,
      "style-src-attr 'unsafe-inline'",
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'self'",
      "manifest-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
    const again = await engine.ask('/', { headers: { ...signedIn } });
    expect(again.text).not.toContain(nonce);
  });

  test('are kept for ever where their names change with their content, and asked for anew otherwise', async () => {
    await using engine = await makeHttpEngine({ files });
    const script = await engine.ask('/assets/app-1a2b3c.js');
    expect(script.status).toBe(200);
    expect(script.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(script.headers['content-type']).toMatch(/javascript/);
    expect(script.headers['x-content-type-options']).toBe('nosniff');
    expect((await engine.ask('/icon.svg')).headers['cache-control']).toBe('no-store');
    // One that is missing is not to be missing for ever.
    const missing = await engine.ask('/assets/gone.js');
    expect([missing.status, missing.headers['cache-control']]).toEqual([404, 'no-store']);
  });

  test('are one page for every address that is opened, and nothing for what a page would load', async () => {
    await using engine = await makeHttpEngine({ files });
    const signedIn = await engine.signIn();
    const opened = {
      headers: { ...signedIn, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-fetch-site': 'none' },
    };
    for (const path of ['/snapshots/abc', '/sources?x=1', '/login/']) {
      const led = await engine.ask(path, opened);
      expect([led.status, led.headers.location], path).toEqual([303, '/']);
    }
    for (const path of ['/', '/index.html']) {
      const page = await engine.ask(path, opened);
      expect([page.status, page.text.includes('<title>Console</title>')], path).toEqual([200, true]);
      expect(page.headers['content-security-policy']).toContain('nonce-');
    }
    for (const path of ['/snapshots/abc', '/assets/x.js', '/api/v2/me']) {
      const loaded = await engine.ask(path, {
        headers: { ...signedIn, 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'same-origin' },
      });
      expect(loaded.status, path).toBe(404);
      expect(loaded.json()).toMatchObject({ code: 'ADDRESS_NOT_FOUND' });
    }
  });

  test('are all that can be reached', async () => {
    await using engine = await makeHttpEngine({ files });
    const signedIn = await engine.signIn();
    const up = [
      '../',
      '..%2f',
      '%2e%2e/',
      '%2e%2e%2f',
      '..\\',
      '..%5c',
      '.%2e/',
      '%252e%252e%252f',
      'assets/../../',
      '/../',
    ];
    for (const step of up) {
      for (const target of ['home/sessions', 'etc/passwd']) {
        const path = `/${step.repeat(target.startsWith('etc') ? 12 : 2)}${target}`;
        const answer = await engine.ask(path, { headers: { ...signedIn } });
        expect([400, 403, 404], `${path}: ${answer.status}`).toContain(answer.status);
        expect(answer.text).not.toMatch(/root:|"hash"/);
      }
    }
    for (const path of ['/%00', '/assets/%00.js', '/%', '/.hidden', `/${'a'.repeat(5000)}`]) {
      const answer = await engine.ask(path, { headers: { ...signedIn } });
      expect(answer.status, path).toBeGreaterThanOrEqual(400);
      expect(answer.status, path).toBeLessThan(500);
      expect(answer.json()).toHaveProperty('code');
    }
  });

  test('are missing in plain words where they were not built', async () => {
    await using engine = await makeHttpEngine();
    const page = await engine.ask('/', { headers: await engine.signIn() });
    expect(page.status).toBe(503);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.text).toContain('npm run build');
    const token = await engine.token('read');
    expect((await engine.ask('/api/v1/me', { headers: engine.bearer(token) })).status).toBe(200);
  });
});
