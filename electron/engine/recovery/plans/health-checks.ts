/** Whether what was brought back answers: over HTTP, by a TCP connection, or by a command over SSH. Asked until it does. */
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError, throwIfCancelled } from '../../../../shared/model/errors.ts';
import type { HealthCheck } from '../../../../shared/model/recovery-plans.ts';
import { visibleText } from './command.ts';

/** One try takes no longer. */
const tryMs = 15_000;
const readBytes = 256 * 1024;

type Ssh = Extract<HealthCheck, { kind: 'ssh' }>;
type Http = Extract<HealthCheck, { kind: 'http' }>;

/**
 * Resolves with what was found once all is well; only `signal` ends it before. What is wrong is told each time it is another.
 */
export async function waitForHealth(
  check: HealthCheck,
  {
    everyMs,
    signal,
    onProblem,
  }: { readonly everyMs: number; readonly signal: AbortSignal; readonly onProblem: (text: string) => Promise<void> },
): Promise<string> {
  let told: string | null = null;
  for (;;) {
    throwIfCancelled(signal);
    const found = await tryOnce(check, AbortSignal.any([signal, AbortSignal.timeout(tryMs)]));
    throwIfCancelled(signal);
    if (found.isWell) return found.text;
    if (found.text !== told) await onProblem(found.text);
    told = found.text;
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

type Found = { readonly isWell: boolean; readonly text: string };

async function tryOnce(check: HealthCheck, signal: AbortSignal): Promise<Found> {
  try {
    if (check.kind === 'http') return await askHttp(check, signal);
    if (check.kind === 'ssh') return await askSsh(check, signal);
    await connectOnce(check.host, check.port, signal);
    return { isWell: true, text: `${check.host}:${check.port} takes connections.` };
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    const reason = signal.aborted ? 'no answer in time' : reasonOf(error);
    return { isWell: false, text: `${placeOf(check)}: ${visibleText(reason, false)}` };
  }
}

function placeOf(check: HealthCheck): string {
  return check.kind === 'http' ? visibleText(check.url, false) : `${check.host}:${check.port}`;
}

/** What `fetch` says itself is that it failed; why stands in its cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}

async function askHttp(check: Http, signal: AbortSignal): Promise<Found> {
  const answer = await fetch(check.url, { redirect: 'manual', signal, headers: { 'user-agent': 'holdfast' } });
  const body = await beginningOf(answer);
  const place = placeOf(check);
  if (answer.status !== check.status)
    return { isWell: false, text: `${place} answers ${answer.status} in place of ${check.status}.` };
  if (check.contains !== null && !body.includes(check.contains))
    return { isWell: false, text: `${place} answers ${answer.status}, without “${check.contains}” in it.` };
  return { isWell: true, text: `${place} answers ${answer.status}.` };
}

async function beginningOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  if (body !== null)
    // Leaving the loop ends the connection.
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > readBytes) break;
    }
  return Buffer.concat(chunks).toString('utf8');
}

function connectOnce(host: string, port: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const stop = (): void => void socket.destroy(new Error('no answer in time'));
    signal.addEventListener('abort', stop, { once: true });
    socket.once('connect', () => {
      signal.removeEventListener('abort', stop);
      socket.destroy();
      resolve();
    });
    socket.once('error', (error) => {
      signal.removeEventListener('abort', stop);
      reject(error);
    });
  });
}

/** PLAN_STEP_FAILED at once where the key file cannot be read: to ask again would not help. */
async function askSsh(check: Ssh, signal: AbortSignal): Promise<Found> {
  const { fingerprintOf } = await import('../../repository/backend/sftp/host-key.ts');
  const { default: ssh2 } = await import('ssh2');
  const privateKey = await readFile(check.keyFile).catch((error: unknown) => {
    throw new HoldfastError('PLAN_STEP_FAILED', `The private key ${check.keyFile} cannot be read.`, { cause: error });
  });
  const client = new ssh2.Client();
  let shown: string | null = null;
  try {
    return await new Promise<Found>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('no answer in time')), { once: true });
      client.on('error', (error) => {
        const isOther = shown !== null && shown !== check.hostKey;
        reject(isOther ? new Error(`it shows the key ${shown}, which is not the one that is meant`) : error);
      });
      client.on('ready', () =>
        client.exec(check.command, (error, stream) => {
          if (error !== undefined) return reject(error);
          let said = '';
          const hear = (chunk: Buffer): void => void (said = `${said}${chunk.toString('utf8')}`.slice(-readBytes));
          stream.on('data', hear).stderr.on('data', hear);
          stream.on('close', (code: number | null) => resolve(foundBySsh(check, code, said)));
        }),
      );
      const { host, port, user: username } = check;
      const hostVerifier = (key: Buffer): boolean => (shown = fingerprintOf(key)) === check.hostKey;
      client.connect({ host, port, username, privateKey, readyTimeout: tryMs, hostVerifier });
    });
  } finally {
    client.destroy();
  }
}

function foundBySsh(check: Ssh, code: number | null, said: string): Found {
  const place = placeOf(check);
  if (code === 0) return { isWell: true, text: `The command on ${place} went well.` };
  const last = said.trim().split('\n').at(-1) ?? '';
  const text = `The command on ${place} ended with exit code ${code ?? 'none'}${last === '' ? '.' : `: ${last.slice(0, 200)}`}`;
  return { isWell: false, text: visibleText(text, false) };
}
