/** Whether a server has a repository, found out without a process of Git. */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { GitAccess } from './git.ts';

const patientMs = 30_000;

/**
 * Only what a server says it does not have: where it says anything else, or nothing, Git is to find out. CANCELLED. `url`
 * begins with `http:` or `https:`.
 */
export async function isAbsent(url: string, access: GitAccess | null, signal: AbortSignal): Promise<boolean> {
  const headers = access !== null && url.startsWith(access.base) ? { authorization: authorization(access) } : {};
  const limits = AbortSignal.any([signal, AbortSignal.timeout(patientMs)]);
  try {
    // The first thing that Git asks.
    const asked = `${url}/info/refs?service=git-upload-pack`;
    const response = await fetch(asked, { headers, redirect: 'manual', signal: limits });
    await response.body?.cancel();
    return response.status === 404;
  } catch {
    if (signal.aborted) throw new HoldfastError('CANCELLED', 'The run was cancelled.');
    return false;
  }
}

function authorization({ user, secret }: GitAccess): string {
  return `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;
}
