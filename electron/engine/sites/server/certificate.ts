/** The certificate that the site server shows: one that is given, or one of its own, made once and kept in the home. */
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { readSmallFile, writeFileAtomically } from '../../platform/atomic-file.ts';
import { checkedCertificate, readCertificate, type Certificate } from '../../platform/certificate.ts';
import { makeSelfSigned } from '../../platform/self-signed.ts';

const dayMs = 24 * 60 * 60_000;
/** Nobody renews it, and whoever pinned it would have to be told. */
const lifetimeDays = 20 * 365;
const maximumBytes = 64 * 1024;

/** TLS_UNUSABLE. */
export async function siteCertificate(
  home: string,
  host: string,
  given: { readonly certFile: string; readonly keyFile: string } | null,
): Promise<Certificate> {
  if (given !== null) return readCertificate(given);
  const file = join(home, 'site-certificate.pem');
  const kept = await readSmallFile(file, maximumBytes);
  if (kept !== null) return checkedCertificate(kept, kept, file);
  const nowMs = Date.now();
  // A day back: the clocks of others are not this one.
  const made = makeSelfSigned({
    hosts: ownHosts(host),
    fromMs: nowMs - dayMs,
    untilMs: nowMs + lifetimeDays * dayMs,
  });
  await writeFileAtomically(file, made.key + made.cert);
  return checkedCertificate(made.cert, made.key, file);
}

/** SHA-256 of the certificate, 64 hexadecimal digits. */
export function fingerprintOf({ parsed }: Certificate): string {
  return parsed.fingerprint256.replaceAll(':', '').toLowerCase();
}

/** Names and addresses under which others may reach this machine; for those who check names, such as restic. */
function ownHosts(host: string): readonly string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const outside = addresses.filter(({ internal, scopeid }) => !internal && (scopeid ?? 0) === 0);
  const everywhere = host === '0.0.0.0' || host === '::';
  const named = [...(everywhere ? [] : [host]), hostname()].filter((name) => /^[\w.:-]+$/.test(name));
  return [...new Set([...named, 'localhost', '127.0.0.1', '::1', ...outside.map(({ address }) => address)])];
}
