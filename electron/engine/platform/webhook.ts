/** One POST of JSON to an address of the operator: no redirect is followed, and of the answer only its beginning is read. */

export type WebhookRequest = {
  readonly url: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

export type WebhookResult = {
  readonly end:
    | { readonly kind: 'answered'; readonly status: number }
    | { readonly kind: 'unreachable'; readonly problem: string }
    | { readonly kind: 'timeLimit' }
    | { readonly kind: 'cancelled' };
  /** The beginning of what was answered. */
  readonly output: Buffer;
  readonly isCut: boolean;
};

const readBytes = 64 * 1024;

/** Never rejects. */
export async function postWebhook({ url, body, timeoutMs, signal }: WebhookRequest): Promise<WebhookResult> {
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'holdfast' },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.any([signal, limit]),
    });
    return { end: { kind: 'answered', status: answer.status }, ...(await beginningOf(answer)) };
  } catch (error) {
    const nothing = { output: Buffer.alloc(0), isCut: false };
    if (signal.aborted) return { end: { kind: 'cancelled' }, ...nothing };
    if (limit.aborted) return { end: { kind: 'timeLimit' }, ...nothing };
    return { end: { kind: 'unreachable', problem: problemIn(error) }, ...nothing };
  }
}

async function beginningOf({ body }: Response): Promise<Pick<WebhookResult, 'output' | 'isCut'>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  if (body !== null) {
    // Leaving the loop ends the connection.
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > readBytes) break;
    }
  }
  return { output: Buffer.concat(chunks).subarray(0, readBytes), isCut: bytes > readBytes };
}

/** What `fetch` says itself is that it failed; why stands in its cause. */
function problemIn(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
