/** A real SMTP server on loopback that keeps what it is given, for the length of a test. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export type Letter = {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly id: string;
  readonly raw: string;
};

export type MailServer = AsyncDisposable & {
  readonly port: number;
  /** Oldest first. */
  readonly letters: Letter[];
  /** What it says to everybody from now on; null: it takes letters again. */
  refuse(code: number | null): void;
};

export type MailServerOptions = {
  /** Whoever sends has to know it. */
  readonly account?: { readonly user: string; readonly password: string };
  /** Offers STARTTLS with it, and takes nothing before; without it there is no TLS. */
  readonly certificate?: { readonly key: string; readonly cert: string };
};

export async function makeMailServer({ account, certificate }: MailServerOptions = {}): Promise<MailServer> {
  const letters: Letter[] = [];
  let refusal: number | null = null;
  const server = new SMTPServer({
    // Without TLS: the password of a test may be seen on loopback.
    ...(certificate === undefined ? { disabledCommands: ['STARTTLS'], allowInsecureAuth: true } : certificate),
    authOptional: account === undefined,
    onAuth: ({ username, password }, _session, done) => {
      if (username === account?.user && password === account?.password) done(null, { user: username });
      else done(new Error('not known'));
    },
    onMailFrom: (_address, { secure }, done) => {
      if (certificate !== undefined && !secure) done(Object.assign(new Error('TLS first'), { responseCode: 530 }));
      else if (refusal === null) done();
      else done(Object.assign(new Error('not now'), { responseCode: refusal }));
    },
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const raw = Buffer.concat(parts).toString('utf8');
        const from = mailFrom === false ? '' : mailFrom.address;
        letters.push({
          from,
          to: rcptTo.map(({ address }) => address),
          subject: header(raw, 'subject'),
          id: header(raw, 'message-id'),
          raw,
        });
        done();
      });
    },
  });
  server.on('error', () => undefined);
  const { server: socket } = server;
  server.listen(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: (socket.address() as AddressInfo).port,
    letters,
    refuse: (code) => {
      refusal = code;
    },
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function header(raw: string, name: string): string {
  const unfolded = raw.replaceAll(/\r\n[ \t]+/g, ' ');
  return new RegExp(`^${name}: (.*)$`, 'im').exec(unfolded)?.[1]?.trim() ?? '';
}
