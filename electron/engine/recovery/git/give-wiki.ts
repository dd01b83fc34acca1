/** The wiki of a repository given back to GitHub, which has a place for it only once a first page was saved by hand. */
import { join } from 'node:path';
import type { RestoredRef } from '../../../../shared/contract/git.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { PartAction, PlannedPart } from '../../../../shared/model/github-restore-plan.ts';
import { GitProcess } from './git-process.ts';
import { giveToServer, serverPlace } from './give-to-server.ts';
import { bearable, failed, settled, type PartOutcome } from './parts.ts';
import { makeEmpty } from './plain-bare.ts';
import { bytesOfRef, remoteRefs } from './refs.ts';
import type { Given, GitRestoreRequest } from './restore-git.ts';
import type { FoundRepository } from './snapshot-tree.ts';

const whole: PlannedPart = { kind: 'wiki', name: 'wiki', action: 'create', from: null, to: null, heldBack: false };
const notThere = 'Its repository is not there yet: save a first page by hand on GitHub, then restore again.';
const placeholderFiles = 1;

const actions: Readonly<Record<RestoredRef['action'], PartAction>> = {
  create: 'create',
  'fast-forward': 'set',
  overwrite: 'replace',
  delete: 'replace',
  leave: 'leave',
  unchanged: 'unchanged',
};

/** A repository that is not there has no wiki either: whether there will be one shows once it was made. */
export function sayNewWiki(): PartOutcome {
  const { part } = settled(whole, true);
  return { part: { ...part, problem: notThere }, code: null };
}

/** Each ref of it as a part. */
export async function giveWiki(
  request: GitRestoreRequest,
  found: FoundRepository,
  url: string,
): Promise<readonly PartOutcome[]> {
  try {
    const given = await pushWiki(request, found, url);
    const refs = given.refs.map(partOf);
    const others = given.problems.filter(({ code }) => code !== 'GIT_REF_HELD_BACK' && code !== 'GIT_TARGET_REFUSED');
    return [...refs, ...others.map(({ code, message }) => failed(whole, code, message))];
  } catch (error) {
    const { code, message } = bearable(error);
    return [failed(whole, code, code === 'GITHUB_WIKI_NOT_THERE' ? notThere : message)];
  }
}

/** GITHUB_WIKI_NOT_THERE. */
export async function pushWiki(request: GitRestoreRequest, found: FoundRepository, url: string): Promise<Given> {
  try {
    const overwrite = request.overwrite || (await isPlaceholder(request, url));
    return await giveToServer({ ...request, overwrite }, found, { kind: 'url', url });
  } catch (error) {
    if (isAbsence(error)) throw new HoldfastError('GITHUB_WIKI_NOT_THERE', notThere);
    throw error;
  }
}

function partOf({ name, action, from, to, result, problem }: RestoredRef): PartOutcome {
  const code = result === 'heldBack' ? 'GITHUB_HELD_BACK' : result === 'failed' ? 'GIT_TARGET_REFUSED' : null;
  return { part: { kind: 'wiki', name, action: actions[action], from, to, result, problem }, code };
}

/** Whether it is the one page that somebody has saved so that there is a place: one commit of one file. */
async function isPlaceholder({ source, access }: GitRestoreRequest, url: string): Promise<boolean> {
  return source.cache.temporary(async (work) => {
    const folder = join(work, 'first-page');
    await makeEmpty(folder, 'sha1');
    const git = new GitProcess({ folder, ...serverPlace({ source, access }, url) });
    const { refs } = await remoteRefs(git, url);
    const [only] = refs.filter(([name]) => name !== 'HEAD');
    if (only === undefined || refs.length !== 1 || !only[0].startsWith('refs/heads/')) return false;
    const input = Buffer.concat([Buffer.from('+'), bytesOfRef(only[0]), Buffer.from(':refs/heads/first\n')]);
    const fetched = await git.ask(['fetch', '--no-tags', '--depth=2', '--no-write-fetch-head', '--stdin', '--', url], {
      input,
    });
    if (fetched.code !== 0) return false;
    const commits = (await git.run(['rev-list', 'refs/heads/first'])).toString('utf8').trim().split('\n');
    const files = (await git.run(['ls-tree', '-r', '-z', '--name-only', 'refs/heads/first'])).toString('latin1');
    return commits.length === 1 && files.split('\0').filter(Boolean).length === placeholderFiles;
  });
}

/** GitHub says the same of what is not there and of what may not be seen; the repository itself was seen. */
function isAbsence(error: unknown): boolean {
  return error instanceof HoldfastError && error.code === 'GIT_TARGET_REFUSED' && /not found/i.test(error.message);
}
