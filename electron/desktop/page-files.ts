/** Serves the built page under its own scheme: files of one folder, each with the headers that keep it to itself. */
import { randomBytes } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { extname, isAbsolute, join, relative } from 'node:path';
import { consoleOrigin } from './address.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};
/** What the build leaves where a nonce belongs. */
const noncePlaceholder = '__CSP_NONCE__';

/** Answers one request. `folder` holds index.html. */
export async function answerPageRequest(folder: string, request: Request): Promise<Response> {
  if (request.method !== 'GET') return refusal(405);
  const file = await fileOf(folder, request.url);
  const type = file === null ? undefined : types[extname(file)];
  if (file === null || type === undefined) return refusal(404);
  const content = await readFile(file).catch(() => null);
  if (content === null) return refusal(404);
  const nonce = randomBytes(16).toString('base64');
  const body = type.startsWith('text/html') ? withNonce(content.toString('utf8'), nonce) : new Uint8Array(content);
  return new Response(body, { headers: { ...headers(nonce), 'content-type': type } });
}

/** Nothing is loaded from elsewhere, and nothing runs but the files of the page. */
export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    // Attributes cannot carry a nonce, and a style alone loads nothing from elsewhere.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function headers(nonce: string): Record<string, string> {
  return {
    'content-security-policy': contentSecurityPolicy(nonce),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'x-dns-prefetch-control': 'off',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  };
}

/** Null for what is not below the folder, by its name or by what its links lead to. */
async function fileOf(folder: string, address: string): Promise<string | null> {
  const path = pathOf(address);
  if (path === null || path.includes('\0') || path.includes('\\')) return null;
  const wanted = join(folder, path.endsWith('/') ? `${path}index.html` : path);
  if (!isBelow(folder, wanted)) return null;
  try {
    const real = await realpath(wanted);
    return isBelow(await realpath(folder), real) ? real : null;
  } catch {
    return null;
  }
}

function pathOf(address: string): string | null {
  const url = URL.parse(address);
  if (url === null || `${url.protocol}//${url.host}` !== consoleOrigin) return null;
  try {
    return decodeURIComponent(url.pathname);
  } catch {
    return null;
  }
}

function isBelow(folder: string, file: string): boolean {
  const path = relative(folder, file);
  return path !== '' && !isAbsolute(path) && path.split(/[/\\]/)[0] !== '..';
}

function withNonce(text: string, nonce: string): string {
  if (text.includes(noncePlaceholder)) return text.replaceAll(noncePlaceholder, nonce);
  return text.replace(/<head>/i, `<head><meta property="csp-nonce" nonce="${nonce}">`);
}

function refusal(status: number): Response {
  return new Response(null, { status, headers: headers('none') });
}
