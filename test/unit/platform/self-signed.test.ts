import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createServer, connect, type TLSSocket } from 'node:tls';
import { expect, test } from 'vitest';
import { makeSelfSigned } from '../../../electron/engine/platform/self-signed.ts';

const hosts = ['backup.example.org', 'localhost', '127.0.0.1', '::1', 'fd00::12:3', '2001:db8:1:2:3:4:5:6'];
const dayMs = 24 * 60 * 60 * 1000;
const year = (number: number): number => Date.UTC(number, 5, 1);
const made = makeSelfSigned({ hosts, fromMs: year(2020), untilMs: year(2048) });

test('a certificate is one that OpenSSL reads, signed by its own key', () => {
  const parsed = new X509Certificate(made.cert);
  expect(parsed.checkPrivateKey(createPrivateKey(made.key))).toBe(true);
  expect(parsed.verify(parsed.publicKey)).toBe(true);
  expect(parsed.ca).toBe(false);
  expect(parsed.subject).toBe('CN=backup.example.org');
  expect(parsed.validFromDate.getTime()).toBe(year(2020));
  expect(parsed.validToDate.getTime()).toBe(year(2048));
});

test('it answers to all of its names and addresses, and to no other', () => {
  const parsed = new X509Certificate(made.cert);
  for (const host of hosts) {
    const check = /^[\d.]+$|:/.test(host) ? parsed.checkIP(host) : parsed.checkHost(host);
    expect(check, host).toBe(host);
  }
  expect(parsed.checkHost('other.example.org')).toBeUndefined();
  expect(parsed.checkIP('127.0.0.2')).toBeUndefined();
});

test('it may end after 2050', () => {
  const { cert } = makeSelfSigned({ hosts, fromMs: year(2049), untilMs: year(2051) });
  const { validFromDate, validToDate } = new X509Certificate(cert);
  expect([validFromDate, validToDate].map((date) => date.getTime())).toEqual([year(2049), year(2051)]);
});

test('no two are alike', () => {
  const again = makeSelfSigned({ hosts, fromMs: year(2020), untilMs: year(2048) });
  expect(again.key).not.toBe(made.key);
  expect(new X509Certificate(again.cert).serialNumber).not.toBe(new X509Certificate(made.cert).serialNumber);
});

test('a client that trusts it reaches its server', async () => {
  const { cert, key } = makeSelfSigned({ hosts, fromMs: Date.now() - dayMs, untilMs: Date.now() + dayMs });
  const server = createServer({ cert, key }, (socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const socket = await new Promise<TLSSocket>((resolve, reject) => {
    const connecting = connect({ port, host: '127.0.0.1', ca: cert, servername: 'localhost' }, () => resolve(connecting));
    connecting.once('error', reject);
  });
  expect(socket.authorized).toBe(true);
  socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});
