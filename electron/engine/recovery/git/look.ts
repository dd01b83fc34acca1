/** Reading histories for a browser of them: commits, folders and files, as bytes that may be anything. */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitCommit, GitFile, GitTreeEntry } from '../../../../shared/contract/git.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { displayRaw, rawFromDisplay, type RawPath } from '../../platform/raw-path.ts';
import { firstWords } from './git-process.ts';
import { resolveRef } from './refs.ts';
import type { Unpacked } from './unpacked.ts';

const shownBytes = 1024 * 1024;
/** As Git itself looks for NUL. */
const sniffedBytes = 8000;
const lfsPointer =
  /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:[a-z0-9.-]+ [^\n]+\n)*?oid sha256:([0-9a-f]{64})\nsize (\d{1,15})\n/;
const lfsPointerBytes = 1024;

const fields = ['%H', '%P', '%an', '%ae', '%aI', '%cn', '%ce', '%cI', '%s', '%b'];

export type CommitsRequest = {
  readonly at: string;
  readonly lostOnly: boolean;
  readonly from: number;
  readonly limit: number;
};

export type Commits = { readonly at: string; readonly commits: GitCommit[]; readonly more: boolean };

/** Newest first. GIT_REF_UNKNOWN. */
export async function readCommits(
  { git, manifest }: Unpacked,
  { at, lostOnly, from, limit }: CommitsRequest,
): Promise<Commits> {
  const commit = await commitOf({ git, manifest }, at);
  const input = lostOnly ? manifest.refs.map(([, id]) => `^${id}\n`).join('') : '';
  const words = ['log', '-z', '--encoding=UTF-8', '--no-show-signature', `--format=${fields.join('%x00')}`];
  // A ref of the snapshot whose objects are not there cannot lead to anything.
  const bounds = [`--skip=${from}`, `--max-count=${limit + 1}`, '--ignore-missing', '--stdin', commit, '--'];
  const output = await git.run([...words, ...bounds.slice(0, 4), ...bounds.slice(4)], { input });
  const values = splitAtNul(output);
  const commits: GitCommit[] = [];
  for (let index = 0; index + fields.length <= values.length; index += fields.length) {
    commits.push(commitFrom(values.slice(index, index + fields.length)));
  }
  return { at: commit, commits: commits.slice(0, limit), more: commits.length > limit };
}

/** Folders first, then by name. GIT_REF_UNKNOWN, PATH_NOT_IN_SNAPSHOT. */
export async function readTree(
  unpacked: Unpacked,
  {
    at,
    folder,
    from,
    limit,
  }: { readonly at: string; readonly folder: string; readonly from: number; readonly limit: number },
): Promise<{ commit: string; total: number; entries: GitTreeEntry[] }> {
  const commit = await commitOf(unpacked, at);
  const tree = await locate(unpacked, commit, folder);
  if (tree.type !== 'tree') throw notThere(folder);
  const listed = await list(unpacked, tree.id);
  const entries = [...listed.filter(({ type }) => type === 'tree'), ...listed.filter(({ type }) => type !== 'tree')];
  return { commit, total: entries.length, entries: entries.slice(from, from + limit).map(present) };
}

/** The beginning of a file. GIT_REF_UNKNOWN, PATH_NOT_IN_SNAPSHOT. */
export async function readFileAt(
  unpacked: Unpacked,
  { at, file }: { readonly at: string; readonly file: string },
): Promise<GitFile> {
  const commit = await commitOf(unpacked, at);
  const entry = await locate(unpacked, commit, file);
  if (entry.type !== 'blob') throw notThere(file);
  const { code, output, words, isCut } = await unpacked.git.ask(['cat-file', 'blob', entry.id], {
    maxBytes: shownBytes,
  });
  if (code !== 0 && !isCut) throw new HoldfastError('GIT_COMMAND_FAILED', `git cat-file: ${firstWords(words, code)}`);
  const binary = output.subarray(0, sniffedBytes).includes(0);
  return {
    path: displayRaw(clean(file)),
    kind: kindOf(entry),
    id: entry.id,
    size: entry.size ?? output.length,
    binary,
    text: binary ? null : showBytes(isCut ? wholeLines(output) : output),
    cut: isCut,
    lfs: isCut ? null : await lfsOf(unpacked, output),
  };
}

type Entry = {
  readonly mode: string;
  readonly type: string;
  readonly id: string;
  readonly size: number | null;
  readonly name: RawPath;
};

async function commitOf({ git, manifest }: Pick<Unpacked, 'git' | 'manifest'>, at: string): Promise<string> {
  const id = await resolveRef(git, manifest, at);
  const { code, output } = await git.ask(['rev-parse', '--verify', '--quiet', '--end-of-options', `${id}^{commit}`]);
  if (code === 0) return output.toString('utf8').trim();
  throw new HoldfastError('GIT_REF_UNKNOWN', `${at.slice(0, 200)} is no commit.`);
}

/** Name by name: a path may hold what Git would read as something else. */
async function locate(unpacked: Unpacked, commit: string, path: string): Promise<Entry> {
  let at: Entry = { mode: '040000', type: 'tree', id: `${commit}^{tree}`, size: null, name: '' };
  for (const name of clean(path)
    .split('/')
    .filter((part) => part !== '')) {
    const found = at.type === 'tree' ? (await list(unpacked, at.id)).find((entry) => entry.name === name) : undefined;
    if (found === undefined) throw notThere(path);
    at = found;
  }
  return at;
}

async function list({ git }: Unpacked, tree: string): Promise<Entry[]> {
  return splitAtNul(await git.run(['ls-tree', '-z', '--long', tree])).flatMap((line) => {
    const raw = line.toString('latin1');
    const match = /^(\d+) (\w+) ([0-9a-f]+) +(\d+|-)\t([^]+)$/.exec(raw);
    if (match === null) return [];
    const [, mode = '', type = '', id = '', size = '-', name = ''] = match;
    return [{ mode, type, id, size: size === '-' ? null : Number(size), name }];
  });
}

function present(entry: Entry): GitTreeEntry {
  return { name: displayRaw(entry.name), kind: kindOf(entry), id: entry.id, size: entry.size };
}

function kindOf({ mode, type }: Entry): GitTreeEntry['kind'] {
  if (type === 'tree') return 'folder';
  if (type === 'commit') return 'submodule';
  if (mode === '120000') return 'symlink';
  return mode === '100755' ? 'executable' : 'file';
}

function commitFrom(values: readonly Buffer[]): GitCommit {
  const [id, parents, author, authorEmail, authorAt, committer, committerEmail, committerAt, subject, body] =
    values.map((value) => showBytes(value).trimEnd());
  return {
    id: id ?? '',
    parents: (parents ?? '').split(' ').filter((parent) => parent !== ''),
    author: { name: author ?? '', email: authorEmail ?? '', at: authorAt ?? '' },
    committer: { name: committer ?? '', email: committerEmail ?? '', at: committerAt ?? '' },
    subject: subject ?? '',
    body: body ?? '',
  };
}

/** Text as it is; lines with bytes that are none, with those bytes as `\xNN`. */
function showBytes(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(bytes)) return text;
  return bytes.toString('latin1').split('\n').map(displayRaw).join('\n');
}

/** Not in the middle of a character. */
function wholeLines(bytes: Buffer): Buffer {
  const end = bytes.lastIndexOf(0x0a);
  return end < 0 ? bytes : bytes.subarray(0, end + 1);
}

async function lfsOf({ folder }: Unpacked, content: Buffer): Promise<GitFile['lfs']> {
  const match = content.length > lfsPointerBytes ? null : lfsPointer.exec(content.toString('latin1'));
  const [, id, size] = match ?? [];
  if (id === undefined) return null;
  const place = join(folder, 'lfs', 'objects', id.slice(0, 2), id.slice(2, 4), id);
  const stored = (await lstat(place).catch(() => null))?.size === Number(size);
  return { id, size: Number(size), stored };
}

function splitAtNul(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let from = 0;
  for (let at = bytes.indexOf(0); at >= 0; at = bytes.indexOf(0, from)) {
    parts.push(bytes.subarray(from, at));
    from = at + 1;
  }
  if (from < bytes.length) parts.push(bytes.subarray(from));
  return parts;
}

function clean(path: string): RawPath {
  return rawFromDisplay(path)
    .split('/')
    .filter((name) => name !== '')
    .join('/');
}

function notThere(path: string): HoldfastError {
  return new HoldfastError('PATH_NOT_IN_SNAPSHOT', `The commit holds nothing at ${path.slice(0, 1000)}.`);
}
