/** Certificate and key of a server that listens here, and whether it needs any. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { HoldfastError } from '../../../shared/model/errors.ts';

export type Certificate = { readonly cert: string; readonly key: string; readonly parsed: X509Certificate };

/** Whether an address or name leads to this machine alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Files in PEM. TLS_UNUSABLE. */
export async function readCertificate({
  certFile,
  keyFile,
}: {
  readonly certFile: string;
  readonly keyFile: string;
}): Promise<Certificate> {
  const named = `${certFile} and ${keyFile}`;
  let files: [string, string];
  try {
    files = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
  } catch (cause) {
    throw unusable(named, cause);
  }
  return checkedCertificate(...files, named);
}

/** TLS_UNUSABLE where the two do not belong together. `named` says where they come from. */
export function checkedCertificate(cert: string, key: string, named: string): Certificate {
  try {
    createSecureContext({ cert, key });
    return { cert, key, parsed: new X509Certificate(cert) };
  } catch (cause) {
    throw unusable(named, cause);
  }
}

/** Without the words of OpenSSL: they name no file. */
function unusable(named: string, cause: unknown): HoldfastError {
  const why = cause instanceof Error && 'syscall' in cause ? `: ${cause.message}` : '';
  return new HoldfastError('TLS_UNUSABLE', `${named} cannot be used${why}.`, { cause });
}
