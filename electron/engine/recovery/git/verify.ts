/** Whether a target holds now what the snapshot held: its refs compared, and a fresh clone of it checked. */
import type { RestoredGitRepository } from '../../../../shared/contract/git.ts';
import type { Ref } from '../../../../shared/model/git-refs.ts';
import { firstWords, GitProcess, type GitPlace } from './git-process.ts';
import { bytesOfRef, remoteRefs } from './refs.ts';
import { makeEmpty, type ObjectFormat } from './plain-bare.ts';

export type Verified = NonNullable<RestoredGitRepository['verified']>;

/** Above it every object would be opened for minutes or hours. */
const fullBytes = 1024 ** 3;

/** Names of refs that are not as wanted. */
export function otherRefs(wanted: readonly Ref[], found: readonly Ref[]): string[] {
  const has = new Map(found.map(([name, id]) => [name, id]));
  return wanted.flatMap(([name, id]) => (has.get(name) === id ? [] : [name]));
}

export async function verifyRepository(
  place: GitPlace,
  { wanted, found, bytes }: { readonly wanted: readonly Ref[]; readonly found: readonly Ref[]; readonly bytes: number },
): Promise<Verified> {
  const connectivityOnly = bytes > fullBytes;
  const how = connectivityOnly ? '--connectivity-only' : '--full';
  const { code, output, words } = await new GitProcess(place).ask(['fsck', how, '--no-dangling', '--no-progress']);
  return {
    otherRefs: otherRefs(wanted, found),
    otherParts: [],
    sound: code === 0,
    connectivityOnly,
    problem: code === 0 ? null : firstWords(`${output.toString('utf8')}${words}`.trim(), code),
  };
}

export type CloneRequest = {
  /** Of the server, or the path of a bundle. */
  readonly from: string;
  /** Not there yet. */
  readonly folder: string;
  readonly format: ObjectFormat;
  readonly wanted: readonly Ref[];
  readonly bytes: number;
  readonly place: Omit<GitPlace, 'folder'>;
};

/** A clone that has nothing but what the target gives. */
export async function verifyByClone({ from, folder, format, wanted, bytes, place }: CloneRequest): Promise<Verified> {
  await makeEmpty(folder, format);
  // What is odd in an old history is for fsck to judge, not for the transfer to refuse.
  const configured = { ...place.configuration, 'fetch.fsckObjects': 'false', 'transfer.fsckObjects': 'false' };
  const own = { ...place, folder, configuration: configured };
  const git = new GitProcess(own);
  const { refs: found } = await remoteRefs(git, from);
  const names = wanted.map(([name]) => name).filter((name) => found.some((ref) => ref[0] === name));
  if (names.length > 0) {
    const [plus, colon, end] = [Buffer.from('+'), Buffer.from(':'), Buffer.from('\n')];
    const input = Buffer.concat(names.flatMap((name) => [plus, bytesOfRef(name), colon, bytesOfRef(name), end]));
    const fetch = ['fetch', '--progress', '--no-tags', '--no-write-fetch-head', '--stdin', '--', from];
    const { code, words } = await git.ask(fetch, { input, asksServer: true });
    if (code !== 0) {
      return {
        otherRefs: otherRefs(wanted, found),
        otherParts: [],
        sound: false,
        connectivityOnly: false,
        problem: firstWords(words, code),
      };
    }
  }
  return verifyRepository(own, { wanted, found, bytes });
}
