/** Where the door listens: loopback unless there is a certificate, and at the port of last time where that is free. */
import { join } from 'node:path';
import { z } from 'zod';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import { readSmallFile, writeFileAtomically } from '../../platform/atomic-file.ts';
import { isLoopback, readCertificate, type Certificate } from '../../platform/certificate.ts';
import type { HttpOptions } from './options.ts';

/** TLS_REQUIRED, TLS_UNUSABLE. */
export async function consoleCertificate({ host, tls }: HttpOptions): Promise<Certificate | null> {
  if (tls !== null) return readCertificate(tls);
  if (isLoopback(host)) return null;
  throw new HoldfastError('TLS_REQUIRED', `${host} can be reached from other machines.`);
}

/** The port it listens at. LISTEN_FAILED. */
export async function listenAt(
  listen: (port: number) => Promise<number>,
  home: string,
  { host, port }: HttpOptions,
): Promise<number> {
  if (port !== null) return listen(port).catch((error: unknown) => fail(host, port, error));
  const remembered = await readPort(home);
  const found =
    (remembered === null ? null : await listen(remembered).catch(() => null)) ??
    (await listen(0).catch((error: unknown) => fail(host, 0, error)));
  if (found !== remembered) await rememberPort(home, found);
  return found;
}

function fail(host: string, port: number, cause: unknown): never {
  const code = cause instanceof Error && 'code' in cause ? cause.code : null;
  const place = port === 0 ? host : `port ${port} of ${host}`;
  const why = code === 'EADDRINUSE' ? 'something else listens there' : toHoldfastError(cause).message;
  throw new HoldfastError('LISTEN_FAILED', `The console cannot be served at ${place}: ${why}.`, { cause });
}

const fileSchema = z.object({ port: z.number().int().min(1).max(65_535) });

async function readPort(home: string): Promise<number | null> {
  try {
    const text = await readSmallFile(portFile(home), 1000);
    return text === null ? null : fileSchema.parse(JSON.parse(text)).port;
  } catch {
    return null;
  }
}

/** On a full disk the port is another one next time. */
async function rememberPort(home: string, port: number): Promise<void> {
  await writeFileAtomically(portFile(home), `${JSON.stringify({ port })}\n`).catch(() => undefined);
}

function portFile(home: string): string {
  return join(home, 'console.json');
}
