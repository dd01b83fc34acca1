/**
 * Writes release.json and its signature beside the files of a release: `node packaging/sign-release.ts dist`. The private
 * key (Ed25519, PEM) comes in HOLDFAST_RELEASE_KEY, and is written nowhere.
 */
import { createHash, createPrivateKey, sign } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { noteName, signatureName, type UpdateNote } from '../electron/desktop/update-note.ts';

/** What electron-updater may download. */
const installable = /\.(?:AppImage|deb|rpm|zip|exe)$/;

export function signRelease(folder: string, version: string, pem: string): UpdateNote {
  const files = readdirSync(folder)
    .filter((name) => installable.test(name))
    .sort()
    .map((name) => {
      const content = readFileSync(join(folder, name));
      return { name, size: content.length, sha512: createHash('sha512').update(content).digest('base64') };
    });
  if (files.length === 0) throw new Error(`There is nothing to sign in ${folder}.`);
  const note: UpdateNote = { product: 'holdfast', version, files };
  const text = Buffer.from(`${JSON.stringify(note, null, 2)}\n`);
  writeFileSync(join(folder, noteName), text);
  writeFileSync(join(folder, signatureName), `${sign(null, text, createPrivateKey(pem)).toString('base64')}\n`);
  return note;
}

if (import.meta.main) {
  const [folder = 'dist'] = process.argv.slice(2);
  const pem = process.env['HOLDFAST_RELEASE_KEY'];
  if (pem === undefined || pem === '') throw new Error('HOLDFAST_RELEASE_KEY holds no key.');
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  signRelease(folder, version, pem);
}
