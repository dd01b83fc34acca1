/** Mail, by SMTP. */
import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { RouteDefinition, RouteSecrets, RouteTarget } from '../../../../shared/contract/routes.ts';
import type { ConsoleFacts, Message } from '../messages.ts';
import { arrived, type Outcome } from './http.ts';
import { errorWords } from './words.ts';

type Mail = Extract<RouteTarget, { kind: 'mail' }>;

/** Each answer of the server may take the time limit; all together this many of them. */
const longestTimes = 4;
const stopped: Outcome = { problem: 'The server did not take it in time.', mayPass: true, afterMs: null };

type Letter = {
  readonly definition: RouteDefinition;
  readonly target: Mail;
  readonly secrets: RouteSecrets;
  readonly console: ConsoleFacts;
  readonly message: Message;
  /** Stays the same when it is sent again: mail programs show a message of the same id once. */
  readonly id: string;
  readonly signal: AbortSignal;
  /** What goes along. */
  readonly files?: readonly { readonly name: string; readonly mediaType: string; readonly bytes: Buffer }[];
};

export async function sendMail({
  definition,
  target,
  secrets,
  console,
  message,
  id,
  signal,
  files = [],
}: Letter): Promise<Outcome> {
  const { host, port, security, user, from, to } = target;
  const { timeoutMs } = definition;
  let socket: Socket | null = null;
  // Loaded by whoever has something to send: most commands have not.
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    // Of our own, so that it can be cut off: the library waits for a server as long as that says anything.
    getSocket: (_options, callback) => {
      const made = connect({ host, port });
      socket = made;
      const tell = (error: Error | null): void => {
        for (const event of ['connect', 'error', 'close']) made.removeAllListeners(event);
        // From here on the library listens; until it does, nothing that goes wrong may go unheard.
        made.on('error', () => undefined);
        if (error === null) callback(null, { connection: made });
        else callback(error);
      };
      made.once('connect', () => tell(null));
      made.once('error', tell);
      made.once('close', () => tell(new Error('The connection was closed.')));
    },
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    // Without TLS nothing of it is tried: what was asked for is what is done.
    ignoreTLS: security === 'none',
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    // The text is ours, and nothing in it may name a file or an address to be fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(user === null ? {} : { auth: { user, pass: secrets.password ?? '' } }),
  });
  const stop = (): void => void socket?.destroy();
  const limit = AbortSignal.any([signal, AbortSignal.timeout(longestTimes * timeoutMs)]);
  limit.addEventListener('abort', stop, { once: true });
  try {
    if (limit.aborted) return stopped;
    await transport.sendMail({
      from: { name: 'Holdfast', address: from },
      to: [...to],
      subject: `[Holdfast ${console.hostname}] ${message.title}`,
      text: message.text,
      attachments: files.map(({ name, mediaType, bytes }) => ({
        filename: name,
        contentType: mediaType,
        content: bytes,
      })),
      messageId: `<${createHash('sha256').update(id).digest('hex').slice(0, 32)}@${domainOf(from)}>`,
      headers: { 'auto-submitted': 'auto-generated' },
      ...(message.level === 'error' ? { priority: 'high' as const } : {}),
    });
    return arrived;
  } catch (error) {
    return limit.aborted ? stopped : { problem: problemOf(error), mayPass: mayPass(error), afterMs: null };
  } finally {
    limit.removeEventListener('abort', stop);
    transport.close();
    stop();
  }
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

/** What the server said stands behind our words: it often names what is wrong. Never the password. */
function problemOf(error: unknown): string {
  const code = responseCode(error);
  return code === null ? errorWords(error) : `${errorWords(error)} It answered ${code}.`;
}

/** RFC 5321: 4yz may pass, 5yz stays. */
function mayPass(error: unknown): boolean {
  const code = responseCode(error);
  return code === null || code < 500;
}

function responseCode(error: unknown): number | null {
  const code = error instanceof Error && 'responseCode' in error ? error.responseCode : null;
  return typeof code === 'number' ? code : null;
}
