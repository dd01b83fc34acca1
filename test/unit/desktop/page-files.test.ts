import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answerPageRequest, contentSecurityPolicy } from '../../../electron/desktop/page-files.ts';

let root: string;
let page: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'holdfast-page-'));
  page = join(root, 'renderer');
  await mkdir(join(page, 'assets'), { recursive: true });
  await writeFile(join(page, 'index.html'), '<!doctype html><html><head></head></html>');
  await writeFile(join(page, 'assets', 'index.js'), 'start()');
  await writeFile(join(root, 'secret.js'), 'secret');
  await mkdir(join(root, 'renderer-other'));
  await writeFile(join(root, 'renderer-other', 'a.js'), 'other');
});

afterEach(() => rm(root, { recursive: true, force: true }));

const ask = (address: string, method = 'GET'): Promise<Response> =>
  answerPageRequest(page, new Request(address, { method }));

describe('the files of the page', () => {
  test('are served with their type and a policy that lets nothing else in', async () => {
    const index = await ask('holdfast://console/');
    const script = await ask('holdfast://console/assets/index.js?v=1#x');
    expect(index.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await script.text()).toBe('start()');
    for (const { headers } of [index, script]) {
      expect(headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  test('never allow a script from elsewhere, one within the page, or one made of text', () => {
    const policy = contentSecurityPolicy('abc');
    expect(policy).toMatch(/script-src 'self';/);
    expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline|https?:|\*/);
    expect(policy).toContain("frame-ancestors 'none'");
  });

  test('carry a nonce for styles that is another one each time', async () => {
    const pages = await Promise.all([ask('holdfast://console/'), ask('holdfast://console/index.html')]);
    const nonces = await Promise.all(pages.map(async (one) => /nonce="([^"]+)"/.exec(await one.text())?.[1]));
    expect(new Set(nonces).size).toBe(2);
    expect(pages[0].headers.get('content-security-policy')).toContain(`'nonce-${nonces[0]}'`);
  });

  test.each([
    'holdfast://console/../secret.js',
    'holdfast://console/..%2fsecret.js',
    'holdfast://console/%2e%2e%2fsecret.js',
    'holdfast://console/assets/%2e%2e/%2e%2e/secret.js',
    'holdfast://console/..%5csecret.js',
    'holdfast://console/..%2frenderer-other%2fa.js',
    'holdfast://console/%2fetc%2fpasswd',
    'holdfast://console/secret.js%00.js',
    'holdfast://console/%ff',
    'holdfast://elsewhere/index.html',
    'https://console/index.html',
    'holdfast://console/assets/',
  ])('do not include %s', async (address) => {
    const { status, headers } = await ask(address);
    expect(status).toBe(404);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  test('are not what a link leads to outside of the folder', async () => {
    await symlink(join(root, 'secret.js'), join(page, 'assets', 'link.js'));
    expect((await ask('holdfast://console/assets/link.js')).status).toBe(404);
  });

  test('cannot be written to', async () => {
    expect((await ask('holdfast://console/', 'POST')).status).toBe(405);
  });
});
