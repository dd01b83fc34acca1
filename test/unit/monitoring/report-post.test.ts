import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { makeSelfSigned } from '../../../electron/engine/platform/self-signed.ts';
import { letterOf, type LetterContent } from '../../../electron/engine/monitoring/reports/letter.ts';
import { post } from '../../../electron/engine/monitoring/reports/post.ts';
import type { RouteRow } from '../../../electron/engine/monitoring/route-file.ts';
import type { RouteTarget } from '../../../shared/contract/routes.ts';
import type { Recipient } from '../../../shared/model/subscriptions.ts';
import { makeMailServer } from '../../support/mail-server.ts';
import { documentOf } from '../../support/report-facts.ts';

const trusted = getCACertificates('default');
const account = { user: 'holdfast', password: 'a word for mail' };
const console = { hostname: 'workstation', tenant: 'default', zone: 'UTC' };
const boss: Recipient = { kind: 'mail', address: 'boss@example.org', via: 'mail' };
const content: LetterContent = {
  names: ['Monday'],
  documents: [{ document: documentOf('freshness', 1), format: 'pdf' }],
  kind: 'scheduled',
  lateSinceMs: null,
};

afterEach(() => setDefaultCACertificates(trusted));

function certificate() {
  const now = Date.now();
  return makeSelfSigned({ hosts: ['127.0.0.1', 'localhost'], fromMs: now - 60_000, untilMs: now + 3_600_000 });
}

function mailAt(port: number, security: 'starttls' | 'none'): RouteTarget {
  const { user } = account;
  return { kind: 'mail', host: '127.0.0.1', port, security, user, from: 'h@example.org', to: ['ops@example.org'] };
}

async function send(target: RouteTarget, to: Recipient = boss) {
  const route: RouteRow = {
    id: '0123456789abcdef',
    tenant: 'default',
    actor: 'test',
    definition: {
      name: 'mail',
      enabled: true,
      target,
      atLeast: 'error',
      remindEveryMs: null,
      timeoutMs: 60_000,
      retries: 0,
    },
    origin: null,
    headerNames: [],
    hasPassword: true,
    createdAtMs: 0,
    updatedAtMs: 0,
  };
  const letter = await letterOf(content, console);
  const secrets = { password: account.password };
  const signal = new AbortController().signal;
  return post({ id: 'fedcba9876543210', to, route, secrets, console, content, letter, signal });
}

test('mail goes by STARTTLS to a server that is trusted, to the subscriber and nobody else', async () => {
  const made = certificate();
  await using server = await makeMailServer({ account, certificate: made });
  setDefaultCACertificates([...trusted, made.cert]);
  expect(await send(mailAt(server.port, 'starttls'))).toMatchObject({ problem: null });
  expect(server.letters.map(({ to }) => to)).toEqual([['boss@example.org']]);
  expect(server.letters[0]?.raw).toContain('filename=holdfast-freshness-default-2026-11-30-0900.pdf');
  await send(mailAt(server.port, 'starttls'), { kind: 'route', route: 'mail' });
  expect(server.letters[1]?.to).toEqual(['ops@example.org']);
});

test('nothing is told a server that nobody trusts, or that offers no TLS where it is asked for', async () => {
  await using odd = await makeMailServer({ account, certificate: certificate() });
  expect((await send(mailAt(odd.port, 'starttls'))).problem).toMatch(/certificate is signed by itself/);
  await using plain = await makeMailServer({ account });
  expect((await send(mailAt(plain.port, 'starttls'))).problem).toMatch(/TLS/);
  // One that wants TLS refuses what comes without.
  expect((await send({ ...mailAt(odd.port, 'none'), user: null } as RouteTarget)).problem).not.toBeNull();
  expect([...odd.letters, ...plain.letters]).toEqual([]);
});

test('what a route cannot carry is refused for good', async () => {
  const hook: RouteTarget = { kind: 'webhook', format: 'json', authentication: 'none', user: null };
  expect(await send(hook)).toMatchObject({ problem: 'The route mail sends no mail.', mayPass: false });
  expect(await send({ kind: 'desktop' }, { kind: 'route', route: 'mail' })).toMatchObject({ mayPass: false });
});
