/** What a feed says about a release: a note that names each file by its hash, signed by the key this program was built with. */
import { createPublicKey, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** Where releases are told of, and who signs them. Part of the program: nobody who writes to the home can change it. */
export type UpdateFeed = {
  /** `https://…/`, with a slash at its end; files of releases lie beside the note. */
  readonly url: string;
  /** Ed25519, as base64 of its SubjectPublicKeyInfo (RFC 8410). */
  readonly key: string;
};

const versionPattern = /^\d{1,6}\.\d{1,6}\.\d{1,6}$/;
const fileSchema = z.object({
  name: z.string().regex(/^[\w.-]{1,200}$/),
  size: z.number().int().positive(),
  /** Base64 of 64 bytes, as electron-builder writes it. */
  sha512: z.string().regex(/^[A-Za-z0-9+/]{86}==$/),
});
const noteSchema = z.object({
  product: z.literal('holdfast'),
  version: z.string().regex(versionPattern),
  files: z.array(fileSchema).min(1).max(100),
});
export type UpdateNote = z.infer<typeof noteSchema>;

const feedSchema = z.union([
  z.object({ feed: z.null(), key: z.null() }),
  z.object({ feed: z.url({ protocol: /^https$/ }).endsWith('/'), key: z.string().regex(/^[A-Za-z0-9+/]{59}=$/) }),
]);

export const noteName = 'release.json';
export const signatureName = 'release.json.sig';

/** Null where the program was built without a feed, or what it was built with is no feed. */
export async function readUpdateFeed(path: string): Promise<UpdateFeed | null> {
  const content = await readFile(path, 'utf8').then(parse, () => null);
  const given = feedSchema.safeParse(content);
  return given.success && given.data.feed !== null ? { url: given.data.feed, key: given.data.key } : null;
}

/** Null where the signature is not that of the key, or the note is none. `signature` is base64, as text. */
export function readNote(note: Uint8Array, signature: string, key: string): UpdateNote | null {
  if (!/^[A-Za-z0-9+/]{86}==\s*$/.test(signature)) return null;
  const publicKey = createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' });
  if (publicKey.asymmetricKeyType !== 'ed25519') return null;
  if (!verify(null, note, publicKey, Buffer.from(signature.trim(), 'base64'))) return null;
  const read = noteSchema.safeParse(parse(Buffer.from(note).toString('utf8')));
  return read.success ? read.data : null;
}

/** Versions of three numbers. */
export function isNewer(version: string, than: string): boolean {
  const [ours, theirs] = [than, version].map((text) => text.split(/[.+-]/).slice(0, 3).map(Number));
  for (let part = 0; part < 3; part += 1) {
    const difference = (theirs?.[part] ?? 0) - (ours?.[part] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
