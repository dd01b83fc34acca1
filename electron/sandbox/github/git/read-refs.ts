/** The refs of a bare repository as Git keeps them in files: read without a process, which takes as long as a small push. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type ReadRef = { readonly name: string; readonly sha: string };

/** Named `prefix`, or below it; as git sorts them. What leads nowhere is left out. */
export function readRefs(repository: string, prefix = 'refs/'): ReadRef[] {
  const found = new Map<string, string>();
  const loose = looseRefs(repository, 'refs');
  for (const line of textOf(join(repository, 'packed-refs')).split('\n')) {
    const [sha = '', name = ''] = line.split(' ');
    if (/^[\da-f]{40,64}$/.test(sha)) found.set(name, sha);
  }
  for (const [name, content] of loose) found.set(name, content);
  const begins = prefix.endsWith('/') ? prefix : `${prefix}/`;
  return [...found.keys()]
    .filter((name) => name === prefix || name.startsWith(begins))
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .flatMap((name) => {
      const sha = resolved(found, name);
      return sha === null ? [] : [{ name, sha }];
    });
}

/** By name, what stands in its file: an id, or `ref: ` and another name. */
function looseRefs(repository: string, folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(join(repository, folder), { withFileTypes: true })) {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) for (const [below, content] of looseRefs(repository, name)) found.set(below, content);
    else if (!name.endsWith('.lock')) found.set(name, textOf(join(repository, name)).trim());
  }
  return found;
}

function resolved(all: ReadonlyMap<string, string>, name: string): string | null {
  let content = all.get(name) ?? '';
  for (let steps = 0; content.startsWith('ref: ') && steps < 5; steps++) content = all.get(content.slice(5)) ?? '';
  return /^[\da-f]{40,64}$/.test(content) ? content : null;
}

/** Empty where it is not there, or is gone by now. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
