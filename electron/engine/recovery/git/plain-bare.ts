/**
 * Makes what was restored from a snapshot a plain bare repository: only what holds history stays, and nothing that
 * makes Git run a program or look elsewhere. What a repository in a snapshot says about itself is not believed.
 */
import { chmod, lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { isRefName } from '../../../../shared/model/git-restore-plan.ts';

export type ObjectFormat = 'sha1' | 'sha256';

const largestConfigBytes = 1024 * 1024;
const largestHeadBytes = 4096;
const usualHead = 'refs/heads/main';

/** What of a folder stays, by its path below the repository; all else is removed. Commit graphs are made anew. */
const kept: readonly RegExp[] = [
  /^(?:HEAD|packed-refs)$/,
  /^refs(?:\/|$)/,
  /^objects$/,
  /^objects\/[0-9a-f]{2}(?:\/(?:[0-9a-f]{38}|[0-9a-f]{62}))?$/,
  /^objects\/pack(?:\/pack-(?:[0-9a-f]{40}|[0-9a-f]{64})\.(?:pack|idx))?$/,
  /^lfs(?:\/objects(?:\/[0-9a-f]{2}(?:\/[0-9a-f]{2}(?:\/[0-9a-f]{64})?)?)?)?$/,
];
/** With these its history lies elsewhere, or is not all of it. */
const refused: Readonly<Record<string, string>> = {
  'objects/info/alternates': 'it takes objects from another place',
  'objects/info/http-alternates': 'it takes objects from another place',
  shallow: 'it holds a part of its history only',
};

/** `path` is for people. GIT_REPOSITORY_INVALID. */
export async function makePlain(folder: string, path: string): Promise<ObjectFormat> {
  const refuse = (reason: string): HoldfastError =>
    new HoldfastError('GIT_REPOSITORY_INVALID', `${path} cannot be used: ${reason}.`);
  await demand(folder, 'dir', refuse('it is no folder'));
  await makeOwn(folder);
  for (const [name, reason] of Object.entries(refused)) if (await isThere(join(folder, name))) throw refuse(reason);
  await demand(join(folder, 'HEAD'), 'file', refuse('it has no HEAD'));
  await demand(join(folder, 'objects'), 'dir', refuse('it has no objects'));
  const format = await objectFormat(join(folder, 'config'));
  await strip(folder, '', refuse);
  await mkdir(join(folder, 'refs'), { recursive: true });
  const head = await headOf(folder);
  await writeFile(join(folder, 'HEAD'), `ref: ${head}\n`);
  await writeFile(join(folder, 'config'), configuration(format, true), { mode: 0o600 });
  return format;
}

/** Makes `folder` an empty repository. */
export async function makeEmpty(folder: string, format: ObjectFormat): Promise<void> {
  for (const name of ['objects/info', 'objects/pack', 'refs']) await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, 'HEAD'), `ref: ${usualHead}\n`);
  await writeFile(join(folder, 'config'), configuration(format, true));
}

/** Of a repository that was made plain. */
export async function formatOf(folder: string): Promise<ObjectFormat> {
  return objectFormat(join(folder, 'config'));
}

export function configuration(format: ObjectFormat, isBare: boolean): string {
  const version = format === 'sha256' ? 1 : 0;
  const extension = format === 'sha256' ? '[extensions]\n\tobjectformat = sha256\n' : '';
  return `[core]\n\trepositoryformatversion = ${version}\n\tfilemode = true\n\tbare = ${isBare}\n${extension}`;
}

async function strip(root: string, below: string, refuse: (reason: string) => HoldfastError): Promise<void> {
  for (const entry of await readdir(join(root, below), { withFileTypes: true, encoding: 'buffer' })) {
    const name = entry.name.toString('latin1');
    const inside = below === '' ? name : `${below}/${name}`;
    const place = Buffer.concat([Buffer.from(`${join(root, below)}/`), entry.name]);
    if (!kept.some((pattern) => pattern.test(inside))) {
      await rm(place, { recursive: true, force: true });
    } else if (entry.isDirectory()) {
      // A ref in a folder of another encoding would be named wrongly by us; Git itself takes none such in a path here.
      if (place.toString('utf8') !== join(root, inside)) await rm(place, { recursive: true, force: true });
      else {
        await makeOwn(join(root, inside));
        await strip(root, inside, refuse);
      }
    } else if (!entry.isFile()) throw refuse(`${inside} is neither a file nor a folder`);
  }
}

/** As Git makes it; whoever owned it may have had other ideas. */
async function makeOwn(folder: string): Promise<void> {
  const { mode } = await lstat(folder);
  if ((mode & 0o700) !== 0o700) await chmod(folder, (mode & 0o777) | 0o700);
}

async function objectFormat(config: string): Promise<ObjectFormat> {
  const found = await lstat(config).catch(() => null);
  if (found === null || !found.isFile() || found.size > largestConfigBytes) return 'sha1';
  const text = await readFile(config, 'latin1');
  return /^\s*objectformat\s*=\s*sha256\s*$/im.test(text) ? 'sha256' : 'sha1';
}

async function headOf(folder: string): Promise<string> {
  const { size } = await lstat(join(folder, 'HEAD'));
  const text = size > largestHeadBytes ? '' : await readFile(join(folder, 'HEAD'), 'utf8');
  const name = /^ref: (refs\/heads\/\S+)\s*$/.exec(text)?.[1];
  return name !== undefined && isRefName(name) ? name : usualHead;
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null;
}

async function demand(path: string, kind: 'file' | 'dir', failure: HoldfastError): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found === null || (kind === 'file' ? !found.isFile() : !found.isDirectory())) throw failure;
}
