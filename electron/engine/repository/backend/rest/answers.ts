/** Bodies of answers of a REST server, read within bounds. */
import { HoldfastError } from '../../../../../shared/model/errors.ts';
import type { StoredFile } from '../backend.ts';
import type { RestAnswer } from './rest-client.ts';

/** A repository of a hundred million packs has a shorter list. */
const longestList = 16 * 1024 ** 3;
/** No stored file comes near it; what a server says of its length is not believed beyond. */
const largestBody = 4 * 1024 ** 3;
/** Without a place to cut: no element of an honest list comes near it. */
const longestElement = 16 * 1024 * 1024;

export const listTypes = { 1: 'application/vnd.x.restic.rest.v1', 2: 'application/vnd.x.restic.rest.v2' } as const;

/** Reads the rest of a body that says nothing, so that its connection can be used again. */
export async function discard(answer: RestAnswer): Promise<void> {
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > 1024 * 1024) break;
  }
}

/**
 * Up to `length` bytes after the first `skip`; the buffer belongs to nobody else. Memory is reserved for what the answer
 * says it has, and never for more than what was asked for.
 */
export async function readBytes(
  answer: RestAnswer,
  { skip = 0, length = Infinity }: { readonly skip?: number; readonly length?: number } = {},
): Promise<Buffer<ArrayBuffer>> {
  const said = answer.headers['content-length'];
  const expected = said === undefined ? null : Math.max(0, Math.min(Number(said) - skip, length));
  if (expected !== null && expected > largestBody) throw new Error('the answer is larger than any stored file');
  const parts: Buffer[] = [];
  let whole = expected === null ? null : Buffer.allocUnsafeSlow(expected);
  let seen = 0;
  let taken = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    const from = Math.min(chunk.length, Math.max(0, skip - seen));
    const part = chunk.subarray(from, Math.min(chunk.length, from + length - taken));
    if (whole === null) parts.push(part);
    else part.copy(whole, taken);
    seen += chunk.length;
    taken += part.length;
    // An answer that is read to its end leaves its connection to the next.
    if (taken === length && (said === undefined || seen < Number(said))) break;
  }
  whole ??= Buffer.concat(parts);
  if (expected !== null && taken < expected) throw new Error('the answer ended early');
  // Small ones are parts of a pool that others use.
  return whole.buffer.byteLength === whole.length ? (whole as Buffer<ArrayBuffer>) : ownBuffer(whole);
}

/** Of both versions of the protocol: names alone have no size. */
export type ListedFile = Pick<StoredFile, 'name'> & { readonly size: number | null };

/** Taken apart as it comes: no list is too long for one text, and none keeps the thread for long. */
export async function readList(answer: RestAnswer): Promise<readonly ListedFile[]> {
  const end = answer.headers['content-type']?.startsWith(listTypes[2]) === true ? '}' : '"';
  const found: ListedFile[] = [];
  const decoder = new TextDecoder();
  let rest = '';
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    rest += decoder.decode(chunk, { stream: true });
    if (bytes > longestList || rest.length > longestElement) throw notAList();
    const cut = lastEnd(rest, end);
    const elements = cut === 0 ? null : parseElements(rest.slice(0, cut));
    // Within a name that holds such a sign: more of it makes sense of it.
    if (elements === null) continue;
    for (const element of elements) found.push(listedFile(element));
    rest = rest.slice(cut);
  }
  const last = parseElements(rest.trimEnd().replace(/\]$/, ''));
  if (last === null) throw notAList();
  return [...found, ...last.map(listedFile)];
}

/** Behind the last element that surely is whole: one after which another comes. */
function lastEnd(text: string, end: '}' | '"'): number {
  return text.lastIndexOf(`${end},`) + 1;
}

/** Null where the text is none or not whole. */
function parseElements(text: string): readonly unknown[] | null {
  const inner = text.trimStart().replace(/^[[,]/, '');
  if (inner.trim() === '' || inner.trim() === 'null') return [];
  try {
    return JSON.parse(`[${inner}]`) as readonly unknown[];
  } catch {
    return null;
  }
}

function listedFile(element: unknown): ListedFile {
  if (typeof element === 'string') return { name: element, size: null };
  if (typeof element === 'object' && element !== null && 'name' in element && 'size' in element) {
    const { name, size } = element;
    if (typeof name === 'string' && typeof size === 'number' && Number.isSafeInteger(size) && size >= 0)
      return { name, size };
  }
  throw notAList();
}

function notAList(): HoldfastError {
  return new HoldfastError('REPOSITORY_UNREACHABLE', 'What answers at that address does not answer as a REST server.');
}

function ownBuffer(bytes: Buffer): Buffer<ArrayBuffer> {
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}
