/** Which server it is that answers: by the fingerprint somebody has confirmed, else by what this account's SSH knows. */
import { createHash, createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { HoldfastError } from '../../../../../shared/model/errors.ts';

export type HostKeyJudge = (key: Buffer) => HoldfastError | null;

/** As `ssh-keygen -lf` shows it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/**
 * Null for the server that is meant. HOST_KEY_UNKNOWN, with the fingerprint to confirm, where nothing says which it is;
 * HOST_KEY_WRONG where it is another.
 */
export async function hostKeyJudge(
  fingerprint: string | undefined,
  at: { readonly host: string; readonly port: number },
): Promise<HostKeyJudge> {
  const name = at.port === 22 ? at.host : `[${at.host}]:${at.port}`;
  const meant = fingerprint === undefined ? await knownFingerprints(name) : [fingerprint];
  return (key) => {
    const shown = fingerprintOf(key);
    if (meant.includes(shown)) return null;
    if (meant.length === 0)
      return new HoldfastError('HOST_KEY_UNKNOWN', `The server ${name} shows the ${keyType(key)} key ${shown}.`);
    const text = `The server ${name} shows the ${keyType(key)} key ${shown}, and ${meant.join(' or ')} is the one that is meant.`;
    return new HoldfastError('HOST_KEY_WRONG', text);
  };
}

/** Of `known_hosts`, of this account and of the machine (sshd(8)). */
async function knownFingerprints(name: string): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const path of [join(homedir(), '.ssh/known_hosts'), '/etc/ssh/ssh_known_hosts']) {
    const text = await readFile(path, 'utf8').catch(() => '');
    for (const line of text.split('\n')) {
      const [names = '', , key = ''] = line.trim().split(/\s+/);
      // Lines with @ are of authorities and of keys that were taken back.
      if (names.startsWith('#') || names.startsWith('@') || key === '') continue;
      if (names.split(',').some((one) => isNamed(one, name))) found.add(fingerprintOf(Buffer.from(key, 'base64')));
    }
  }
  return [...found];
}

function isNamed(written: string, name: string): boolean {
  const [, salt, digest] = /^\|1\|([^|]+)\|(.+)$/.exec(written) ?? [];
  if (salt === undefined || digest === undefined) return written === name;
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === digest;
}

function keyType(key: Buffer): string {
  const length = key.readUInt32BE(0);
  return key
    .subarray(4, 4 + Math.min(length, 64))
    .toString('latin1')
    .replaceAll(/[^\w@.-]/g, '');
}
