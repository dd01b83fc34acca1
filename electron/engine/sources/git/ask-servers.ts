/** Asks servers for the refs of repositories, and keeps nothing: whether each address answers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { isGitUrl } from '../../../../shared/model/git-url.ts';
import { inParallel } from '../parallel.ts';
import { gitError } from './failures.ts';
import { Git, type GitAccess } from './git.ts';
import { listServerRefs } from './refs.ts';

export type ServerAnswer = {
  readonly url: string;
  /** Null where it answers. */
  readonly failure: HoldfastError | null;
  /** Branches, tags and others that a run would mirror. */
  readonly refs: number;
};

const askedAtOnce = 4;
/** Somebody waits for the answer. */
const silenceMs = 60_000;

/** In the order they were given. */
export async function askServers(
  urls: readonly string[],
  accessTo: (url: string) => GitAccess | null | Promise<GitAccess | null>,
  signal: AbortSignal,
): Promise<readonly ServerAnswer[]> {
  // Git runs somewhere, and must not find a repository there.
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-ask-'));
  const answers = new Map<string, ServerAnswer>();
  try {
    await inParallel(urls, askedAtOnce, async (url) => {
      answers.set(url, await askOne(url, await accessTo(url), folder, signal));
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return urls.flatMap((url) => answers.get(url) ?? []);
}

function isRef(name: string): boolean {
  return name.startsWith('refs/');
}

async function askOne(
  url: string,
  access: GitAccess | null,
  folder: string,
  signal: AbortSignal,
): Promise<ServerAnswer> {
  try {
    if (!isGitUrl(url)) throw new HoldfastError('GIT_URL_REFUSED', 'That is no address of a Git server.');
    const { ids } = await listServerRefs(new Git({ folder, signal, access, silenceMs }), url, isRef);
    return { url, failure: null, refs: ids.size };
  } catch (error) {
    const failure = gitError('It does not answer', error);
    if (signal.aborted) throw failure;
    return { url, failure, refs: 0 };
  }
}
