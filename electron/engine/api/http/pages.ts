/** The built console as files, its one page with a nonce of its own each time, and the page that signs a browser in. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { immutableCaching, pagePolicy } from './headers.ts';
import { notBuiltPage, signInPage, signInScript, signInStyle } from './sign-in-page.ts';

export type PageOptions = {
  readonly folder: string;
  readonly isSignedIn: (request: FastifyRequest) => boolean;
};

/** What the build leaves where a nonce belongs, and what the page's script reads it from. */
const noncePlaceholder = '__CSP_NONCE__';
const html = 'text/html; charset=utf-8';

export async function servePages(app: FastifyInstance, { folder, isSignedIn }: PageOptions): Promise<void> {
  app.get('/login', (_request, reply) => sendPage(reply, signInPage, null));
  app.get('/sign-in.js', (_request, reply) => reply.type('text/javascript; charset=utf-8').send(signInScript));
  app.get('/sign-in.css', (_request, reply) => reply.type('text/css; charset=utf-8').send(signInStyle));

  const open = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    isSignedIn(request) ? sendConsole(reply, folder) : reply.redirect('/login', 303);
  app.get('/', open);
  app.get('/index.html', open);
  app.setNotFoundHandler(async (request, reply) => {
    // Places in the console stand behind the #: whatever else is opened leads to its one page.
    if (isNavigation(request)) return reply.redirect('/', 303);
    throw new HoldfastError('ADDRESS_NOT_FOUND', 'There is nothing at that address.');
  });
  if (!existsSync(folder)) return;
  const hashed = join(folder, 'assets') + sep;
  await app.register(fastifyStatic, {
    root: folder,
    index: false,
    dotfiles: 'ignore',
    cacheControl: false,
    setHeaders: (response, path) => {
      if (path.startsWith(hashed)) response.header('cache-control', immutableCaching);
    },
  });
}

/** Only what somebody opens as a page becomes one: a script that is missing must not turn out as HTML. */
function isNavigation({ method, headers, url }: FastifyRequest): boolean {
  if (method !== 'GET' || /^\/(?:api|rpc|assets)(?:\/|\?|$)/.test(url)) return false;
  const mode = headers['sec-fetch-mode'];
  return mode === undefined ? (headers.accept ?? '').includes('text/html') : mode === 'navigate';
}

async function sendConsole(reply: FastifyReply, folder: string): Promise<FastifyReply> {
  const text = await readFile(join(folder, 'index.html'), 'utf8').catch(() => null);
  if (text === null) return sendPage(reply.code(503), notBuiltPage, null);
  const nonce = randomBytes(16).toString('base64');
  return sendPage(reply, withNonce(text, nonce), nonce);
}

function withNonce(text: string, nonce: string): string {
  if (text.includes(noncePlaceholder)) return text.replaceAll(noncePlaceholder, nonce);
  return text.replace(/<head>/i, `<head><meta property="csp-nonce" nonce="${nonce}">`);
}

function sendPage(reply: FastifyReply, text: string, nonce: string | null): FastifyReply {
  return reply.type(html).header('content-security-policy', pagePolicy(nonce)).send(text);
}
