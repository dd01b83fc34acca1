/** What a repository elsewhere is reached with, as it is typed and as the environment says. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { repositoryReachSchema, type RepositoryReach } from '../../shared/contract/repository-access.ts';
import { parseLocation } from '../../shared/model/location.ts';
import {
  accessKey,
  checkAccess,
  secretsFor,
  settingsFor,
  type AccessSettings,
} from '../../shared/model/repository-access.ts';
import { badUsage } from './failure.ts';
import { checked } from './given-properties.ts';
import { secretValue } from './secret-values.ts';
import type { Cli } from './session.ts';
import type { World } from './world.ts';

export const REACH_HELP = `
A repository is a folder, or lies elsewhere:
  s3:https://host/bucket/prefix       a bucket of AWS, or of anything that speaks S3; the bucket is there already
  rest:https://host:port/path/        a REST server of restic's protocol, such as another Holdfast's
  sftp:user@host:/path                a folder over SSH; with a port: sftp://user@host:port//path

What it is reached with, each as --set key=value; secrets as --secret key=env:NAME:
  s3     account         an AWS account that Holdfast knows
         access-key-id   a key of its own; secrets: secret-access-key, session-token
         region          where the host does not say it
         storage-class   of the packs, such as STANDARD_IA or GLACIER_IR
         lock-mode       Object Lock: governance, or compliance; with lock-days
         lock-days       for how many days each file is locked
  rest   user            secret: password
         fingerprint     SHA-256 of the server's certificate, 64 digits
         authority       a file of certificates that are trusted in place of the usual ones
  sftp   fingerprint     of the server's key, SHA256:…; without it known_hosts of the engine's account decides
         key-file        a private key on the engine's machine; or the secret key. Secrets: passphrase, password
         agent           yes: the agent of SSH_AUTH_SOCK is asked

Other commands find them by the place. They can be given in the environment too: HOLDFAST_REACH with key=value, separated
by spaces; AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and AWS_DEFAULT_REGION; RESTIC_REST_USERNAME and
RESTIC_REST_PASSWORD; HOLDFAST_SFTP_PASSWORD and HOLDFAST_SFTP_PASSPHRASE.`;

type GivenReach = { readonly set: readonly string[]; readonly secret: readonly string[] };

/** Undefined where nothing is said about it. BAD_USAGE, ACCESS_INVALID. */
export function reachOf(
  cli: Cli,
  text: string,
  typed: GivenReach = { set: [], secret: [] },
): RepositoryReach | undefined {
  const location = parseLocation(text);
  const { kind } = location;
  const lines = [...(kind === 'local' ? [] : wordsOf(cli.world.env['HOLDFAST_REACH'])), ...typed.set];
  const settings: Record<string, unknown> = {};
  for (const line of lines) Object.assign(settings, settingOf(cli.world, kind, line));
  const secrets: Record<string, string> = {};
  for (const line of typed.secret) {
    const { key, value } = secretValue(cli, line);
    if (!secretsFor(kind).some((name) => name === key)) throw badUsage(`${kind}: has no secret ${key}.`);
    secrets[key] = value;
  }
  const usual = kind === 'local' ? {} : usualReach(cli.world.env, kind, settings);
  const reach = checked(repositoryReachSchema, {
    settings: { ...usual.settings, ...settings },
    secrets: { ...usual.secrets, ...secrets },
  });
  checkAccess(
    location,
    reach.settings,
    secretsFor(kind).filter((name) => reach.secrets[name] !== undefined),
  );
  const isEmpty = Object.keys(reach.settings).length + Object.keys(reach.secrets).length === 0;
  return isEmpty ? undefined : reach;
}

function wordsOf(text: string | undefined): readonly string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '');
}

function settingOf(
  world: World,
  kind: ReturnType<typeof parseLocation>['kind'],
  line: string,
): Record<string, unknown> {
  const at = line.indexOf('=');
  const [key, value] = [line.slice(0, at), line.slice(at + 1)];
  if (at < 1 || value === '') throw badUsage('Write --set key=value.');
  if (/secret|password|token|passphrase/.test(key))
    throw badUsage('A secret is given with --secret key=env:NAME; arguments can be seen by others.');
  const name = settingsFor(kind).find((one) => accessKey(one) === key);
  if (name === undefined) {
    const known = settingsFor(kind).map(accessKey).join(', ');
    throw badUsage(kind === 'local' ? `A folder has no ${key}.` : `${kind}: has no ${key}; it has ${known}.`);
  }
  return { [name]: valueOf(world, name, value) };
}

function valueOf(world: World, name: keyof AccessSettings, value: string): unknown {
  if (name === 'lockDays') return Number(value);
  if (name === 'storageClass') return value.toUpperCase();
  if (name === 'keyFile') return resolve(world.folder, value);
  if (name === 'authority') return textOf(resolve(world.folder, value));
  if (name !== 'agent') return value;
  if (value !== 'yes' && value !== 'no') throw badUsage('agent is yes or no.');
  return value === 'yes';
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw badUsage(`The file ${path} cannot be read.`);
  }
}

type Usual = { readonly settings?: Record<string, unknown>; readonly secrets?: Record<string, string> };

/** What the environment says for a kind of place, where nothing else says who signs in. */
function usualReach(
  env: World['env'],
  kind: 's3' | 'rest' | 'sftp',
  settings: Readonly<Record<string, unknown>>,
): Usual {
  const given = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  const secretsIn = (names: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(names).flatMap(([key, name]) => (given(name) === undefined ? [] : [[key, given(name) ?? '']])),
    );
  if (kind === 'sftp')
    return { secrets: secretsIn({ password: 'HOLDFAST_SFTP_PASSWORD', passphrase: 'HOLDFAST_SFTP_PASSPHRASE' }) };
  if (kind === 'rest') {
    const user = given('RESTIC_REST_USERNAME');
    if (user === undefined || settings['user'] !== undefined) return {};
    return { settings: { user }, secrets: secretsIn({ password: 'RESTIC_REST_PASSWORD' }) };
  }
  const accessKeyId = given('AWS_ACCESS_KEY_ID');
  const isSaid = settings['account'] !== undefined || settings['accessKeyId'] !== undefined;
  if (accessKeyId === undefined || given('AWS_SECRET_ACCESS_KEY') === undefined || isSaid) return {};
  const region = given('AWS_REGION') ?? given('AWS_DEFAULT_REGION');
  return {
    settings: { accessKeyId, ...(region === undefined ? {} : { region }) },
    secrets: secretsIn({ 'secret-access-key': 'AWS_SECRET_ACCESS_KEY', 'session-token': 'AWS_SESSION_TOKEN' }),
  };
}
