/**
 * Git repositories with whatever a real one may have, the same for the same seed: thousands of commits with merges,
 * signatures, tags of all kinds, notes, a submodule, names and messages that are no UTF-8, and thousands of refs.
 */
import { mkdir } from 'node:fs/promises';
import { Dice } from '../../electron/sandbox/dice.ts';
import { FastImport, type Change } from './fast-import.ts';
import { mustRun } from './processes.ts';

export type HistoryOptions = {
  readonly seed?: number;
  /** On the default branch, in about; 0 gives an empty repository. */
  readonly commits?: number;
  /** How many branches and tags there are beside those that are told apart below. */
  readonly refs?: number;
  readonly defaultBranch?: string;
  /** Bytes of the largest file. */
  readonly largestFile?: number;
};

export type GitHistory = {
  /** A bare repository. */
  readonly path: string;
  /** Every ref with what it points to, sorted by name. */
  refs(): Promise<ReadonlyMap<string, string>>;
  /** Runs git in it; gives what it says, without the last newline. Rejects when it fails. */
  git(args: readonly string[], input?: Uint8Array | string): Promise<string>;
  /** More commits on the default branch. */
  grow(commits: number): Promise<void>;
  /** As on the site: the branch has another name and `HEAD` follows. */
  renameDefaultBranch(to: string): Promise<void>;
  /** The last commits of the default branch are replaced by another: as after a push by force. */
  rewrite(commits?: number): Promise<void>;
};

/** The default branch holds all commits, `signed` is a branch with a signed commit, `notes/commits` has notes. */
export async function makeGitHistory(path: string, options: HistoryOptions = {}): Promise<GitHistory> {
  const { seed = 1, commits = 300, refs = 40, defaultBranch = 'main', largestFile = 20_000 } = options;
  await mkdir(path, { recursive: true });
  const git: GitHistory['git'] = async (args, input) => {
    const { stdout } = await mustRun('git', ['-C', path, ...args], {
      env: plainGit,
      ...(input !== undefined && { input }),
    });
    return stdout.trimEnd();
  };
  await git(['init', '--quiet', '--bare', `--initial-branch=${defaultBranch}`]);
  // Thousands of refs, each flushed to disk by itself, would take as many moments.
  await git(['config', 'core.fsync', 'none']);
  let branch = defaultBranch;
  const dice = new Dice(seed);
  if (commits > 0) {
    await importInto(git, firstHistory(dice, branch, commits, refs, largestFile));
    await addSigned(git, branch);
    await git(['update-ref', 'refs/tags/a-blob', await git(['hash-object', '-w', '--stdin'], 'A file with a tag\n')]);
  }
  return {
    path,
    git,
    refs: async () => refsIn(await git(['for-each-ref', '--format=%(refname) %(objectname)'])),
    grow: (count) => importInto(git, moreHistory(dice, branch, count)),
    renameDefaultBranch: async (to) => {
      await git(['branch', '--move', branch, to]);
      branch = to;
    },
    rewrite: async (count = 3) => {
      const base = await git(['rev-parse', `${branch}~${count}`]);
      const tree = await git(['rev-parse', `${branch}^{tree}`]);
      const commit = await git(['commit-tree', tree, '-p', base, '-m', `Rewritten ${dice.below(1_000_000)}`]);
      await git(['update-ref', `refs/heads/${branch}`, commit]);
    },
  };
}

const plainGit = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
  GIT_AUTHOR_DATE: '2025-06-01T00:00:00Z',
  GIT_COMMITTER_DATE: '2025-06-01T00:00:00Z',
};

/** A commit of a repository that is nowhere. */
const submodule = 'd670460b4b4aece5915caf5c68d12f560a9fe3e4';

function firstHistory(dice: Dice, branch: string, commits: number, refs: number, largestFile: number): FastImport {
  const stream = new FastImport(dice);
  const trunk = `refs/heads/${branch}`;
  const marks = [stream.commit(trunk, { changes: oddFiles(dice, largestFile), message: 'Begin\n' })];
  while (marks.length < commits) {
    if (dice.below(8) === 0) {
      const sides = Array.from({ length: 1 + dice.below(2) }, (_, side) =>
        stream.commit(`refs/heads/side-${side}`, { from: dice.pick(marks.slice(-20)), changes: work(dice) }),
      );
      marks.push(stream.commit(trunk, { merge: sides, changes: work(dice), message: 'Merge\n' }));
    } else {
      marks.push(stream.commit(trunk, { changes: work(dice), message: messageOf(dice) }));
    }
  }
  for (let number = 0; number < refs; number++) {
    const name = number % 2 === 0 ? `refs/heads/topic/${number}` : `refs/tags/build-${number}`;
    stream.reset(name, dice.pick(marks));
  }
  const last = marks.at(-1) ?? 1;
  const first = marks[0] ?? 1;
  stream.tag('v1', first, 'Version 1\n');
  stream.tag('v2', last, `Version 2\n${signature}`);
  stream.tag('v2-again', stream.lastTag, 'A tag of a tag\n');
  stream.reset('refs/heads/Grüße', last);
  stream.notes('refs/notes/commits', [first, last], 'Reviewed\n');
  return stream;
}

function moreHistory(dice: Dice, branch: string, commits: number): FastImport {
  const stream = new FastImport(dice);
  const trunk = `refs/heads/${branch}`;
  for (let number = 0; number < commits; number++) {
    stream.commit(trunk, {
      ...(number === 0 && { from: `${trunk}^0` }),
      changes: work(dice),
      message: messageOf(dice),
    });
  }
  return stream;
}

function oddFiles(dice: Dice, largestFile: number): Change[] {
  const text = (name: string): Buffer => Buffer.from(`This is ${name}.\n`);
  return [
    { path: 'README.md', content: text('the first file') },
    { path: 'run.sh', content: Buffer.from('#!/bin/sh\n'), mode: '100755' },
    { path: 'a link', content: Buffer.from('README.md'), mode: '120000' },
    { path: 'large.bin', content: dice.bytes(largestFile) },
    { path: 'empty', content: Buffer.alloc(0) },
    { path: 'lines.txt', content: Buffer.from('one\r\ntwo\r\n') },
    { path: Buffer.from('caf\xe9/not-utf-8-\xff.txt', 'latin1'), content: text('no UTF-8') },
    { path: 'Zürich/日本語.txt', content: text('far away') },
    { path: 'a "quoted"\nname\t\\', content: text('hard to spell') },
    {
      path: '.gitmodules',
      content: Buffer.from('[submodule "lib"]\n\tpath = lib\n\turl = https://example.com/lib.git\n'),
    },
    { path: 'lib', submodule },
  ];
}

function work(dice: Dice): Change[] {
  return Array.from({ length: 1 + dice.below(3) }, () => {
    const path = `src/part-${dice.below(12)}/file-${dice.below(40)}.txt`;
    return { path, content: Buffer.from(`${dice.bytes(16 + dice.below(60)).toString('base64')}\n`) };
  });
}

/** A few of them in Latin-1, which some say of themselves and some do not. */
function messageOf(dice: Dice): string | Buffer {
  const number = dice.below(1_000_000);
  if (dice.below(20) > 0) return `Change ${number}\n\nBecause of ${number + 1}.\n`;
  return Buffer.from(`\xc4nderung ${number}\n`, 'latin1');
}

const signature =
  '-----BEGIN PGP SIGNATURE-----\n\niQEzBAABCAAdFiEEholdfastexamplesignatureFAl4\n=Ab1d\n-----END PGP SIGNATURE-----\n';

/** As signed commits look: a header of several lines, of which nobody checks the signature. */
async function addSigned(git: GitHistory['git'], branch: string): Promise<void> {
  const who = 'Ada <ada@example.com> 1748736000 +0530';
  const [tree, parent] = [await git(['rev-parse', `${branch}^{tree}`]), await git(['rev-parse', branch])];
  const head = `tree ${tree}\nparent ${parent}\nauthor ${who}\ncommitter ${who}\n`;
  const signed = `${head}gpgsig ${signature.trimEnd().replaceAll('\n', '\n ')}\n\nA signed commit\n`;
  const commit = await git(['hash-object', '-t', 'commit', '-w', '--stdin'], signed);
  await git(['update-ref', 'refs/heads/signed', commit]);
  await git(['update-ref', `refs/heads/${branch}`, commit]);
}

async function importInto(git: GitHistory['git'], stream: FastImport): Promise<void> {
  await git(['fast-import', '--quiet'], stream.bytes());
}

function refsIn(listing: string): Map<string, string> {
  const lines = listing === '' ? [] : listing.split('\n');
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)]));
}
