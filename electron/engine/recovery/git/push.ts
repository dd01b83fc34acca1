/**
 * Pushing what was planned: each ref by its own name and only from where it was seen, never a mirror. What the target has
 * taken it has taken; done again, the rest goes on.
 */
import type { PlannedRef } from '../../../../shared/model/git-restore-plan.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { displayRaw } from '../../platform/raw-path.ts';
import { firstWords, type GitProcess } from './git-process.ts';
import { byBytes, describeRemote } from './described-remote.ts';
import { refusedBy, textOfRef } from './refs.ts';

export type PushedRef = {
  readonly name: string;
  /** Null where the target has taken it. */
  readonly problem: string | null;
};

/** A server looks at each push as a whole: this many keep it short, and let progress be seen. */
const refsOfOnePush = 200;
/** Servers take the first branch they get for the default one. */
const order = ['refs/heads/', 'refs/tags/', 'refs/notes/'];

/** Refs in their order, some at a time, each with what became of it. GIT_TARGET_REFUSED where nothing was looked at. */
export async function* pushRefs(
  git: GitProcess,
  url: string,
  planned: readonly PlannedRef[],
  head: string | null,
): AsyncGenerator<readonly PushedRef[], void> {
  const sorted = planned.toSorted((a, b) => rank(a.name, head) - rank(b.name, head));
  for (let at = 0; at < sorted.length; at += refsOfOnePush) {
    yield await pushSome(git, url, sorted.slice(at, at + refsOfOnePush));
  }
}

function rank(name: string, head: string | null): number {
  return name === head ? -1 : order.findIndex((prefix) => name.startsWith(prefix));
}

async function pushSome(git: GitProcess, url: string, refs: readonly PlannedRef[]): Promise<readonly PushedRef[]> {
  const named = refs.flatMap((ref) => {
    const text = textOfRef(ref.name);
    return text === null ? [] : [{ ...ref, text }];
  });
  const others = refs.filter(({ name }) => textOfRef(name) === null);
  return [
    ...(named.length === 0 ? [] : await pushNamed(git, url, named)),
    ...(others.length === 0 ? [] : await pushBytes(git, url, others)),
  ];
}

const push = ['push', '--porcelain', '--progress', '--no-verify', '--no-signed', '--recurse-submodules=no'];

function pushNamed(
  git: GitProcess,
  url: string,
  refs: readonly (PlannedRef & { readonly text: string })[],
): Promise<readonly PushedRef[]> {
  const leases = refs.map(({ text, from }) => `--force-with-lease=${text}:${from ?? ''}`);
  const specs = refs.map(({ text, to }) => `${to ?? ''}:${text}`);
  return outcomesOf(git, refs, [...push, ...leases, '--', url, ...specs]);
}

/** Names that are no text cannot be arguments. The configuration of the repository takes them, and so do names of files. */
async function pushBytes(git: GitProcess, url: string, refs: readonly PlannedRef[]): Promise<readonly PushedRef[]> {
  await describeRemote(git.folder, url, refs);
  return outcomesOf(git, refs, [...push, '--force-with-lease', byBytes]);
}

async function outcomesOf(
  git: GitProcess,
  refs: readonly PlannedRef[],
  words: readonly string[],
): Promise<readonly PushedRef[]> {
  const { code, output, words: said } = await git.ask(words, { asksServer: true });
  const outcomes = readPorcelain(output.toString('latin1'));
  if (outcomes.size === 0) throw refusedBy(said, code);
  return refs.map(({ name }) => ({
    name,
    problem: outcomes.has(name) ? (outcomes.get(name) ?? null) : firstWords(said, code),
  }));
}

/** By name of the ref on the target: null where it was taken, else why not. */
function readPorcelain(output: string): ReadonlyMap<string, string | null> {
  const outcomes = new Map<string, string | null>();
  for (const line of output.split('\n')) {
    const match = /^([ +\-*!=])\t[^\t]*?:(refs\/[^\t]+)\t(.*)$/.exec(line);
    if (match === null) continue;
    const [, flag, name = '', summary = ''] = match;
    outcomes.set(displayRaw(name), flag === '!' ? `${displayRaw(summary)}.` : null);
  }
  return outcomes;
}

export type LfsOutcome = { readonly problem: string | null };

/**
 * Pushes all objects of Git LFS that the refs of the repository lead to: before the refs, which a server may refuse
 * otherwise. Where a repository says itself where such objects go, it is not listened to. Needs `lfsSettings`.
 */
export async function pushLfs(git: GitProcess, url: string): Promise<LfsOutcome> {
  const version = await git.ask(['lfs', 'version']);
  if (version.code !== 0) return { problem: 'git-lfs is not installed, so its objects were not pushed.' };
  const { code, output, words } = await git.ask(['lfs', 'push', '--all', url]);
  const said = `${output.toString('utf8')}\n${words}`;
  if (code !== 0) return { problem: `git lfs push: ${firstWords(said.trim(), code)}` };
  const missing = said.split('\n').filter((line) => line.includes('(missing)'));
  if (missing.length === 0) return { problem: null };
  return { problem: `${missing.length} objects are not in the snapshot, such as ${missing[0]?.trim() ?? ''}.` };
}

/** Where objects of Git LFS lie here, and go to. */
export function lfsSettings(url: string, storage: string): Readonly<Record<string, string>> {
  const endpoint = lfsEndpoint(url);
  return {
    'lfs.url': endpoint,
    'lfs.pushurl': endpoint,
    'lfs.storage': storage,
    'lfs.locksverify': 'false',
    'lfs.allowincompletepush': 'true',
    'lfs.concurrenttransfers': '8',
  };
}

function lfsEndpoint(url: string): string {
  if (url.startsWith('ssh:')) return url;
  const plain = url.replace(/\/+$/, '');
  return `${plain.endsWith('.git') ? plain : `${plain}.git`}/info/lfs`;
}

/** An address that Git may be given: a server, and no secret in it. BAD_USAGE. */
export function targetUrl(text: string): string {
  const refuse = (why: string): HoldfastError => new HoldfastError('BAD_USAGE', `The address of the target ${why}.`);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw refuse('is none: write https://host/path, or ssh://user@host/path');
  }
  if (!['https:', 'http:', 'ssh:'].includes(url.protocol)) throw refuse('begins with neither https:// nor ssh://');
  if (url.password !== '') throw refuse('holds a secret; give it as one');
  if (url.protocol !== 'ssh:' && url.username !== '') throw refuse('holds a user; give it with the secret');
  if (url.hostname === '' || url.hostname.startsWith('-') || url.username.startsWith('-')) throw refuse('has no host');
  if (url.search !== '' || url.hash !== '') throw refuse('has something behind its path');
  return url.href;
}

/** To whom alone the secret goes. */
export function baseOf(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}/`;
}
