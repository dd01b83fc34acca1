/**
 * Keys of a bucket out of a folder that a snapshot was restored to, by what docs/AWS.md says of their paths and nothing else:
 * what somebody can do who has restic and that page.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Contents by key. */
export function keysIn(folder: string): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name === '%+objects.jsonl') continue;
    const path = join(entry.parentPath, entry.name);
    const key = keyOf(path.slice(folder.length + 1).split('/'));
    if (found.has(key)) throw new Error(`${JSON.stringify(key)} is there twice`);
    found.set(key, readFileSync(path));
  }
  return found;
}

function keyOf(parts: readonly string[]): string {
  const bytes = parts.map((part) => {
    if (part.startsWith('%+') || part === '%') return '';
    const name = part.endsWith('%+') ? part.slice(0, -2) : part;
    return name.replaceAll(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  });
  return Buffer.from(bytes.join(''), 'latin1').toString('utf8');
}
