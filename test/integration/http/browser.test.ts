import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { makeHttpEngine, type HttpEngine } from '../../support/http-engine.ts';

const files = {
  'index.html': `<!doctype html><html><head><title>Console</title><link rel="stylesheet" href="./assets/a.css"></head>
<body><p id="said"></p><script>document.title = 'inline script'</script><script src="./assets/a.js"></script></body></html>`,
  'assets/a.css': 'p { color: rgb(1, 2, 3) }',
  'assets/a.js': `const { nonce } = document.querySelector('meta[property="csp-nonce"]');
for (const [name, value] of [['with', nonce], ['without', '']]) {
  const style = document.createElement('style');
  style.nonce = value;
  style.textContent = 'p { --' + name + ': yes }';
  document.head.append(style);
}
const body = JSON.stringify({ json: {} });
const headers = { 'content-type': 'application/json', 'x-holdfast-proof': localStorage.getItem('holdfast-proof') };
fetch('/rpc/console/me', { method: 'POST', headers, body })
  .then((answer) => answer.json())
  .then(({ json }) => {
    document.getElementById('said').textContent = json.role;
  });`,
};

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const said = (page: Page): Promise<string> =>
  page.waitForSelector('#said:not(:empty)').then((found) => found.innerText());
describe('the console in a browser', () => {
  test('opens by a link, of which neither the address nor the history keeps anything', async () => {
    await using engine = await makeHttpEngine({ files });
    const context = await browser.newContext();
    const page = await context.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(`${request.url()} ${JSON.stringify(request.headers())}`));
    const link = engine.newLink();
    const secret = new URL(link).hash.slice(1);
    await page.goto(link);
    expect(await said(page)).toBe('admin');
    expect(page.url()).toBe(`${engine.origin}/`);
    expect(asked.join('\n')).not.toContain(secret);
    expect(await page.evaluate<string>('document.cookie')).toBe('');
    await page.goBack().catch(() => null);
    expect(page.url()).not.toContain(secret);
    // Whoever is signed in is let in again, by the same link too, and at whatever place was asked for.
    await page.goto(link);
    expect(await said(page)).toBe('admin');
    await page.goto(`${engine.origin}/login#/snapshots/1`);
    expect(await said(page)).toBe('admin');
    expect(page.url()).toBe(`${engine.origin}/#/snapshots/1`);
    await context.close();
  });

  test('says what to do where nobody is signed in, or the link was used', async () => {
    await using engine = await makeHttpEngine({ files });
    const link = engine.newLink();
    await (await browser.newContext()).newPage().then((page) => page.goto(link).then(() => said(page)));
    const page = await (await browser.newContext()).newPage();
    await page.goto(engine.origin);
    await page.getByText('holdfast console-link').waitFor();
    await page.goto(link);
    await page.getByText('opens it once').waitFor();
    await page.goto(engine.newLink());
    expect(await said(page)).toBe('admin');
    await page.context().close();
  });

  test('runs its own scripts and styles and no others', async () => {
    await using engine = await makeHttpEngine({ files });
    const page = await (await browser.newContext()).newPage();
    await page.goto(engine.newLink());
    await said(page);
    expect(await page.title()).toBe('Console');
    const style = await page.evaluate<string[]>(`(() => {
      const found = getComputedStyle(document.querySelector('p'));
      return [found.color, found.getPropertyValue('--with'), found.getPropertyValue('--without')];
    })()`);
    expect(style).toEqual(['rgb(1, 2, 3)', 'yes', '']);
    await page.context().close();
  });

  test('cannot be used by a foreign page in the same browser', async () => {
    await using engine = await makeHttpEngine({ files });
    await using foreign = await foreignSite(engine);
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(engine.newLink());
    await said(page);
    const before = (await (await engine.client()).tokens.list({})).tokens.length;
    // Another site, and one that shares our cookies because browsers do not tell ports apart.
    for (const name of ['foreign.localhost', '127.0.0.1']) {
      const other = await context.newPage();
      await other.goto(`http://${name}:${foreign.port}/`);
      await other.waitForSelector('#done');
      expect(await other.evaluate(`({ ...document.getElementById('done').dataset })`)).toEqual({
        read: 'refused',
        wrote: 'refused',
        script: 'refused',
        frame: 'empty',
      });
    }
    expect((await (await engine.client()).tokens.list({})).tokens).toHaveLength(before);
    expect(engine.log.filter(({ text }) => text.includes('foreign')).length).toBeGreaterThan(4);
    // What the browser itself has sent it, it can send to the engine in its turn, under whatever name.
    const { cookie = '' } = foreign.heard.find(({ cookie: sent }) => sent !== undefined) ?? {};
    expect(cookie).toMatch(/holdfast-/);
    const stolen = { method: 'POST', headers: { cookie, origin: engine.origin, host: new URL(engine.origin).host } };
    expect((await engine.ask('/rpc/console/link', { ...stolen, body: { json: {} } })).status).toBe(401);
    await context.close();
  });
});

type Foreign = AsyncDisposable & { readonly port: number; readonly heard: readonly IncomingHttpHeaders[] };

/** A page that tries what a page can try. */
async function foreignSite({ origin }: HttpEngine): Promise<Foreign> {
  const script = `(async () => {
  const to = ${JSON.stringify(origin)};
  const tried = async (ask) => ask().then(() => 'answered', () => 'refused');
  const json = { 'content-type': 'application/json' };
  const body = JSON.stringify({ name: 'stolen', role: 'admin' });
  const data = {};
  data.read = await tried(() => fetch(to + '/api/v1/me', { credentials: 'include' }));
  data.wrote = await tried(() => fetch(to + '/api/v1/tokens', { method: 'POST', credentials: 'include', headers: json, body }));
  await fetch(to + '/api/v1/tokens', { method: 'POST', mode: 'no-cors', credentials: 'include', body }).catch(() => null);
  data.script = await tried(() => new Promise((resolve, reject) => {
    const element = document.createElement('script');
    element.src = to + '/assets/a.js';
    element.onload = resolve;
    element.onerror = reject;
    document.head.append(element);
  }));
  data.frame = await new Promise((resolve) => {
    const frame = document.createElement('iframe');
    frame.src = to + '/';
    frame.onload = () => {
      let inside = null;
      try { inside = frame.contentDocument && frame.contentDocument.title; } catch { inside = null; }
      resolve(inside === 'Console' ? 'shown' : 'empty');
    };
    document.body.append(frame);
  });
  const done = document.createElement('p');
  done.id = 'done';
  Object.assign(done.dataset, data);
  done.textContent = 'done';
  document.body.append(done);
})();`;
  const heard: IncomingHttpHeaders[] = [];
  const server: Server = createServer((request, response) => {
    heard.push(request.headers);
    response.setHeader('content-type', 'text/html');
    response.end(`<!doctype html><body><script>${script}</script></body>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    heard,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
