/** How Git works on a mirror: what its configuration is, and what of old repositories is let pass. */
import { lstat, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../platform/atomic-file.ts';
import type { RawPath } from '../../platform/raw-path.ts';
import { Git, type GitAccess } from './git.ts';

export type MirrorPlace = {
  /** The bare repository. */
  readonly folder: string;
  readonly signal: AbortSignal;
};

/**
 * Faults that programs of long ago have written into histories that are whole all the same, and that Git itself takes.
 * Whatever could do harm when it is checked out is no such fault.
 */
const harmless = [
  'badDate',
  'badDateOverflow',
  'badEmail',
  'badName',
  'badTagName',
  'badTimezone',
  'emptyName',
  'missingEmail',
  'missingNameBeforeEmail',
  'missingSpaceBeforeDate',
  'missingSpaceBeforeEmail',
  'missingTaggerEntry',
  'multipleAuthors',
  'nulInCommit',
  'zeroPaddedDate',
  'zeroPaddedFilemode',
];

/** Which process works on which mirror: a Git that a killed engine has left is known by it. */
export const mirrorMark = 'holdfast.mirror';

type GitOn = {
  readonly cwd?: string;
  readonly configuration?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly silenceMs?: number;
};

/** For commands that say nothing while they work on this machine alone. */
export const patientMs = 24 * 60 * 60_000;

/** `cwd` is the mirror itself where nothing else is named. */
export function gitOn(
  { folder, signal }: MirrorPlace,
  access: GitAccess | null = null,
  { cwd = folder, configuration = {}, environment = {}, silenceMs }: GitOn = {},
): Git {
  return new Git({
    folder: cwd,
    signal,
    access,
    environment,
    ...(silenceMs === undefined ? {} : { silenceMs }),
    configuration: {
      [mirrorMark]: folder,
      ...Object.fromEntries(
        harmless.flatMap((fault) => [`fetch.fsck.${fault}`, `fsck.${fault}`].map((key) => [key, 'warn'])),
      ),
      // A commit that another one is put in place of is not the one that was made.
      'core.useReplaceRefs': 'false',
      'pack.writeReverseIndex': 'false',
      ...configuration,
    },
  });
}

/** What can be mirrored, and where it is. `refs/pull/` is what GitHub makes of pull requests. */
export function wantedRefs(pullRefs: boolean): (name: RawPath) => boolean {
  const places = ['refs/heads/', 'refs/tags/', 'refs/notes/', ...(pullRefs ? ['refs/pull/'] : [])];
  return (name) => places.some((place) => name.startsWith(place));
}

/** The file that locks a ref has its name and an ending; a path has no more than 4,096 bytes on most systems. */
const longestPart = 250;
const longestName = 2_000;

/** As `git check-ref-format` has it. */
// oxlint-disable-next-line no-control-regex -- Git takes none of them
const validName = /^refs\/(?!.*(?:\.\.|\/\/|@\{|\/\.|\.lock(?:\/|$)|[/.]$))[^\u0000-\u0020\u007f~^:?*[\\]+$/;

/** Whether a ref of that name can be there and move on this machine. */
export function isStorable(name: RawPath): boolean {
  const isShort = name.length <= longestName && name.split('/').every((part) => part.length <= longestPart);
  return isShort && validName.test(name);
}

const configuration = '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n[gc]\n\tauto = 0\n';
const configurationOfSha256 = `${configuration.replace('version = 0', 'version = 1')}[extensions]\n\tobjectformat = sha256\n`;
/** They would make Git look for objects or configuration elsewhere. */
const neverThere = [
  'commondir',
  'config.worktree',
  'info/grafts',
  'objects/info/alternates',
  'objects/info/http-alternates',
];

/**
 * Makes the mirror's configuration what it has to be. A mirror may lie where others can write, and Git runs what the
 * configuration of a repository names. `format`: of a mirror that has no object yet.
 */
export async function settleConfiguration(folder: string, format: 'sha256' | null = null): Promise<void> {
  await writeConfiguration(folder, format);
  await Promise.all(neverThere.map((name) => rm(join(folder, name), { force: true })));
}

/** As `settleConfiguration`, of a repository that Git has just made: nobody has put anything into it. */
export async function writeConfiguration(folder: string, format: 'sha256' | null = null): Promise<void> {
  const file = join(folder, 'config');
  const isFile = (await lstat(file).catch(() => null))?.isFile() === true;
  const found = isFile ? await readFile(file, 'utf8') : '';
  const isOfSha256 = format === 'sha256' || /objectformat\s*=\s*sha256/i.test(found);
  const wanted = isOfSha256 ? configurationOfSha256 : configuration;
  // In place of what is there, which may be a link.
  if (found !== wanted) await writeFileAtomically(file, wanted);
  // Git does not take a folder without it for a repository, and leaves it out once all refs are packed.
  await mkdir(join(folder, 'refs'), { recursive: true });
}
