/** The command lines that add and change sources that lie elsewhere. No secret stands in them. Pure. */
import type { GitDefinition, GithubDefinition } from '../../../../shared/contract/sources.ts';
import { hookProperties } from '../../../../shared/model/typed-hook.ts';
import { verifyEveryDays } from '../../../../shared/model/mirror-checks.ts';
import { usualGithubApi } from '../../../../shared/model/source-kinds.ts';
import { secretWords, type CredentialKind } from './credential-draft.ts';

export type RemoteDefinition = GitDefinition | GithubDefinition;

/** What to know before running one: where the secret comes from. */
export function secretNote(kind: CredentialKind): string | undefined {
  if (kind !== 'token' && kind !== 'app') return undefined;
  const what = kind === 'token' ? 'token' : 'private key';
  return `The ${what} is read from the environment variable that is named; it does not stand in the command, which others of this machine can see.`;
}

export function addRemoteCommand(source: RemoteDefinition, credential: CredentialKind): readonly string[] {
  return [
    'holdfast',
    'source',
    'add',
    source.kind,
    '--name',
    source.name,
    ...propertiesOf(source).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
    ...secretWords(credential, variableOf(source)),
  ];
}

/** What makes `before` into `after`; what was there and is there no more is taken away. */
export function changeRemoteCommand(
  before: RemoteDefinition,
  after: RemoteDefinition,
  credential: CredentialKind,
): readonly string[] {
  const [was, is] = [propertiesOf(before), propertiesOf(after)];
  const stays = new Set(is.map(([key]) => key));
  const gone = [...new Set(was.map(([key]) => key))].filter((key) => !stays.has(key));
  const valuesOf = (all: readonly Property[], key: string) =>
    all.filter(([one]) => one === key).map(([, value]) => value);
  const changed = new Set([...stays].filter((key) => valuesOf(was, key).join('\n') !== valuesOf(is, key).join('\n')));
  return [
    'holdfast',
    'source',
    'set',
    after.name,
    ...is.filter(([key]) => changed.has(key)).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
    ...gone.flatMap((key) => ['--unset', key]),
    ...secretWords(credential, variableOf(after)),
  ];
}

type Property = readonly [key: string, value: string];

/** What is not as usual. */
function propertiesOf(source: RemoteDefinition): readonly Property[] {
  const of = source.kind === 'git' ? ofGit(source) : ofGithub(source);
  return [
    ...of,
    ...no('lfs', source.lfs),
    ...(source.pullRefs ? [['pull-refs', 'yes'] as const] : []),
    ...(source.verifyEveryDays === verifyEveryDays.usual
      ? []
      : [['verify-every', `${source.verifyEveryDays}d`] as const]),
    ...(source.mirrors === null ? [] : [['mirrors', source.mirrors] as const]),
    ...hookProperties(source.commands),
  ];
}

function ofGit({ urls, user }: GitDefinition): readonly Property[] {
  return [...each('url', urls), ...(user === null ? [] : [['user', user] as const])];
}

function ofGithub({ owner, api, app, filters, parts }: GithubDefinition): readonly Property[] {
  return [
    ['owner', owner],
    ...(api === usualGithubApi ? [] : [['api', api] as const]),
    ...(app === null ? [] : [['app', String(app.id)] as const, ['installation', String(app.installation)] as const]),
    ...each('include', filters.include),
    ...each('exclude', filters.exclude),
    ...each('topic', filters.topics),
    ...(filters.visibility === 'all' ? [] : [['visibility', filters.visibility] as const]),
    ...no('forks', filters.forks),
    ...no('archived', filters.archived),
    ...(filters.pushedWithinDays === null ? [] : [['pushed-within', `${filters.pushedWithinDays}d`] as const]),
    ...no('wiki', parts.wiki),
    ...no('issues', parts.issues),
    ...no('releases', parts.releases),
  ];
}

function each(key: string, values: readonly string[]): readonly Property[] {
  return values.map((value) => [key, value] as const);
}

function no(key: string, isOn: boolean): readonly Property[] {
  return isOn ? [] : [[key, 'no']];
}

function variableOf(source: RemoteDefinition): string {
  return source.kind === 'git' ? 'GIT' : 'GITHUB';
}
