/** Stable stand-ins for names, so that a stranger can follow what belongs together without learning what it is. */
import { createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readSmallFile, writeFileAtomically } from './atomic-file.ts';

export class Pseudonyms {
  readonly #key: Buffer;
  /** Longest first, so that a name within another one does not spoil it. */
  readonly #names: readonly string[];

  /** `names` are replaced wherever they stand in a text. */
  constructor(key: Buffer, names: Iterable<string>) {
    this.#key = key;
    const known = [...new Set(names)].filter((name) => name.length >= 3);
    this.#names = known.toSorted((a, b) => b.length - a.length);
  }

  of(kind: string, name: string): string {
    return `<${kind}-${createHmac('sha256', this.#key).update(name).digest('hex').slice(0, 8)}>`;
  }

  /** What stands in quotes, what looks like a path or an address, and known names. A path ends where a sentence goes on. */
  inText(text: string): string {
    const withoutQuoted = text.replace(/'[^'\n]+'|"[^"\n]+"|`[^`\n]+`/g, (quoted) =>
      this.of('text', quoted.slice(1, -1)),
    );
    const withoutPaths = withoutQuoted.replace(
      /(?:[a-z][a-z0-9+.-]*:\/)?\/[^\n]*?(?=: |, | \(|\) |\. |\.?$|\n)/gim,
      (path) => this.of('path', path),
    );
    const withoutHosts = withoutPaths.replace(
      /\b(?:\d{1,3}\.){3}\d{1,3}\b|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b|\b(?:[a-z0-9-]+\.)+(?:com|net|org|local|lan|internal|io|dev|de|uk|eu)\b/gi,
      (host) => this.of('host', host),
    );
    return this.#names.reduce((rest, name) => rest.replaceAll(name, () => this.of('name', name)), withoutHosts);
  }
}

/** The key of this home: the same name has the same stand-in in every export from it. */
export async function pseudonymKey(home: string): Promise<Buffer> {
  const file = join(home, 'pseudonyms.key');
  const text = await readSmallFile(file, 1000).catch(() => null);
  if (text !== null && /^[0-9a-f]{64}\n$/.test(text)) return Buffer.from(text, 'hex');
  const key = randomBytes(32);
  await writeFileAtomically(file, `${key.toString('hex')}\n`);
  return key;
}
