/** The way to GitHub: to its own hosts and no other, led on by it within bounds, and no answer larger than it may be. */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { servesFilesOf, type GitHubAddresses } from './addresses.ts';

export type Fetch = typeof fetch;

const answerBytes = 64 * 1024 * 1024;
const answerMs = 2 * 60_000;
const hops = 5;

/** octokit tries again whatever fails, but not what was cancelled: these are no failures of the network. */
class NotAgain extends Error {
  override readonly name = 'AbortError';

  constructor(reason: HoldfastError) {
    super(reason.message, { cause: reason });
  }
}

const invalid = (text: string): NotAgain => new NotAgain(new HoldfastError('GITHUB_ANSWER_INVALID', text));

/** For calls of the API: the whole answer is read. */
export function apiFetch(addresses: GitHubAddresses): Fetch {
  return async (input, init = {}) => {
    const signal = init.signal ?? undefined;
    const timeout = AbortSignal.timeout(answerMs);
    const both = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
    const isUpload = !isRead(init.method);
    const response = await follow(addresses, input, { ...init, signal: isUpload ? (signal ?? null) : both }, false);
    const bytes = await readBounded(response, answerBytes);
    const { status, statusText } = response;
    const headers = new Headers(response.headers);
    // As it is held here, whatever it was while it came.
    headers.set('content-length', String(bytes.length));
    return new Response(status === 204 || status === 205 || status === 304 ? null : bytes, {
      status,
      statusText,
      headers,
    });
  };
}

/** For files: the answer is left to be read while it comes, and it may come from a host that serves GitHub's files. */
export function fileFetch(addresses: GitHubAddresses): Fetch {
  return (input, init = {}) => follow(addresses, input, init, true);
}

async function follow(
  addresses: GitHubAddresses,
  input: Parameters<Fetch>[0],
  init: RequestInit,
  isFile: boolean,
): Promise<Response> {
  const { origin } = new URL(addresses.api);
  const home = [origin, new URL(addresses.uploads).origin];
  let url = new URL(input instanceof Request ? input.url : input);
  if (!home.includes(url.origin)) throw invalid(`An answer leads to ${url.origin}, which is not ${origin}.`);
  const headers = new Headers(init.headers);
  for (let hop = 0; hop <= hops; hop += 1) {
    const response = await fetch(url.href, { ...init, headers, redirect: 'manual' });
    const location = response.headers.get('location');
    if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return response;
    await response.body?.cancel();
    if (!isRead(init.method) || !URL.canParse(location, url.href)) throw invalid(`${url.pathname} leads elsewhere.`);
    const target = new URL(location, url);
    if (target.origin !== url.origin) {
      if (!isFile || !servesFilesOf(addresses, target)) {
        throw invalid(`An answer leads from ${url.origin} to ${target.origin}, which was not followed.`);
      }
      headers.delete('authorization');
    }
    url = target;
  }
  throw invalid(`${url.pathname} leads on and on.`);
}

function isRead(method = 'GET'): boolean {
  return method === 'GET' || method === 'HEAD';
}

async function readBounded(response: Response, maximumBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const body: AsyncIterable<Uint8Array> | null = response.body;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maximumBytes) throw invalid(`An answer is larger than ${maximumBytes} bytes.`);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
