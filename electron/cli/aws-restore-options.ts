/** As whom a restore in AWS asks, and where: said with each command, since nothing of it is kept. */
import type { Command } from 'commander';
import type { AwsWho } from '../../shared/contract/aws-restores.ts';
import { collect } from './arguments.ts';
import { badUsage } from './failure.ts';
import { secretValue } from './secret-values.ts';
import type { Cli } from './session.ts';

export type WhoOptions = { readonly account?: string; readonly accessKey?: string; readonly secret?: string[] };

const codeVariable = 'HOLDFAST_AWS_MFA_CODE';

export function askedAs(command: Command): Command {
  return command
    .option('--account <name>', 'a registered account; without one and without keys, the AWS environment of the engine')
    .option('--access-key <id>', 'keys for this command alone, with --secret')
    .option(
      '--secret <key=env:NAME>',
      'secret-access-key and session-token, from the environment (repeatable)',
      collect,
    );
}

/** The code of a device, where one is asked for, comes from HOLDFAST_AWS_MFA_CODE. */
export function whoOf(cli: Cli, { account, accessKey, secret = [] }: WhoOptions): AwsWho {
  const given = new Map(secret.map((text) => secretValue(cli, text)).map(({ key, value }) => [key, value]));
  const code = cli.world.env[codeVariable] ?? '';
  const who = { account: account ?? null, mfaCode: code === '' ? null : code };
  for (const key of given.keys()) {
    if (key !== 'secret-access-key' && key !== 'session-token') throw badUsage(`There is no secret ${key} here.`);
  }
  if (accessKey === undefined) {
    if (given.size > 0) throw badUsage('--secret goes with --access-key.');
    return { ...who, keys: null };
  }
  const secretAccessKey = given.get('secret-access-key');
  if (account !== undefined) throw badUsage('Give either an account or keys.');
  if (secretAccessKey === undefined) throw badUsage('--access-key goes with --secret secret-access-key=env:NAME.');
  const sessionToken = given.get('session-token') ?? null;
  return { ...who, keys: { accessKeyId: accessKey, secretAccessKey, sessionToken } };
}
