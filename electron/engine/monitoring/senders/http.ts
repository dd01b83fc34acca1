/** One request to an address that an operator has given: no redirects, a limit in time, an answer of which little is read. */
import { errorWords } from './words.ts';

export type HttpRequest = {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

export type Outcome = {
  /** Null: it has arrived. Without anything of the address, which may be secret. */
  readonly problem: string | null;
  /** Whether trying again may help. */
  readonly mayPass: boolean;
  /** How long the other side asks to wait, in milliseconds. */
  readonly afterMs: number | null;
};

export const arrived: Outcome = { problem: null, mayPass: false, afterMs: null };

const longestAskedMs = 3_600_000;
/** Of the 4xx, these say: not now. */
const passingCodes: ReadonlySet<number> = new Set([408, 425, 429]);

export async function request({ url, timeoutMs, signal, ...options }: HttpRequest): Promise<Outcome> {
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, { ...options, redirect: 'manual', signal: AbortSignal.any([limit, signal]) });
    // What it says is nothing to us; unread, it would hold the connection.
    await response.body?.cancel();
    if (response.ok) return arrived;
    const isRedirect = response.status >= 300 && response.status < 400;
    const problem = isRedirect
      ? `It answered ${response.status}: the address has moved. Redirects are not followed.`
      : `It answered ${response.status}${response.statusText === '' ? '' : ` ${response.statusText}`}.`;
    const mayPass = response.status >= 500 || passingCodes.has(response.status);
    return { problem, mayPass, afterMs: askedDelay(response.headers.get('retry-after')) };
  } catch (error) {
    const problem = limit.aborted ? `No answer within ${timeoutMs / 1000} s.` : errorWords(error);
    return { problem, mayPass: true, afterMs: null };
  }
}

function askedDelay(header: string | null): number | null {
  const seconds = Number(header ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(longestAskedMs, seconds * 1000) : null;
}
