/** The files of metadata: there whole or not at all, and left alone where their content would be the same. */
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';

const writtenBytes = 1024 * 1024;

/** Whether it was another content. */
export async function keepFile(path: string, content: string): Promise<boolean> {
  const before = await readFile(path, 'utf8').catch((error: unknown) => nothingIfAbsent(error));
  if (before === content) return false;
  await mkdir(dirname(path), { recursive: true });
  const temporary = temporaryOf(path);
  await writeFile(temporary, content, { mode: 0o600, flush: true });
  await rename(temporary, path);
  return true;
}

/**
 * Puts lines into a file of lines that are sorted by the number each begins with, as in `{"id":7,…`, in place of those
 * with the same number. Gives the numbers whose line is new or another one. Holds no more of the file than a line.
 */
export async function mergeLines(path: string, lines: ReadonlyMap<number, string>): Promise<readonly number[]> {
  const fresh = [...lines].sort(([a], [b]) => a - b);
  const changed = await changedLines(path, lines);
  if (changed.length === 0 && !(lines.size === 0 && !(await isThere(path)))) return [];
  await mkdir(dirname(path), { recursive: true });
  const temporary = temporaryOf(path);
  const file = await open(temporary, 'w', 0o600);
  let pieces: string[] = [];
  let length = 0;
  const put = async (line: string): Promise<void> => {
    pieces.push(line, '\n');
    length += line.length;
    if (length < writtenBytes) return;
    await file.write(pieces.join(''));
    [pieces, length] = [[], 0];
  };
  try {
    let at = 0;
    for await (const line of linesOf(path)) {
      const number = numberOf(line);
      for (let next = fresh[at]; next !== undefined && next[0] <= number; next = fresh[++at]) await put(next[1]);
      if (!lines.has(number)) await put(line);
    }
    for (const [, line] of fresh.slice(at)) await put(line);
    await file.write(pieces.join(''));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  return changed;
}

async function changedLines(path: string, lines: ReadonlyMap<number, string>): Promise<number[]> {
  const changed = new Set(lines.keys());
  if (changed.size === 0) return [];
  for await (const line of linesOf(path)) {
    const number = numberOf(line);
    if (lines.get(number) === line) changed.delete(number);
  }
  return [...changed].sort((a, b) => a - b);
}

/** None where there is no file. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const stream = createReadStream(path, 'utf8');
  const failure = Promise.withResolvers<unknown>();
  stream.once('error', failure.resolve);
  stream.once('open', () => failure.resolve(null));
  const error = await failure.promise;
  if (error !== null) return void nothingIfAbsent(error);
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line !== '') yield line;
    }
  } finally {
    stream.destroy();
  }
}

function numberOf(line: string): number {
  return Number(/^\{"(?:id|number)":(\d+)/.exec(line)?.[1] ?? Number.NaN);
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch((error: unknown) => nothingIfAbsent(error))) !== null;
}

function nothingIfAbsent(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
  throw error;
}

/** One writer works on a file at a time; what a kill has left is written over. */
function temporaryOf(path: string): string {
  return `${path}-tmp`;
}
