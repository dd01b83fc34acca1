import { InvalidArgumentError, type Command } from 'commander';
import type { AwsCheck } from '../../shared/contract/aws.ts';
import { awsPurposes, type AwsPurpose, type AwsVerdict } from '../../shared/model/aws-rights.ts';
import { collect } from './arguments.ts';
import { registerAwsAccounts } from './aws-accounts.ts';
import { registerAwsRestore } from './aws-restore.ts';
import { plural } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import { registerAwsImages } from './images.ts';
import { registerNatives } from './natives.ts';
import type { RunCommand } from './run-command.ts';
import { withEngine, type Cli } from './session.ts';
import { factLines, tableLines } from './table.ts';

type PlaceOptions = { readonly region?: string; readonly endpoint?: string; readonly mfa?: boolean };
type CheckOptions = PlaceOptions & { readonly for: AwsPurpose; readonly bucket?: string[] };
type PolicyOptions = { readonly for: AwsPurpose; readonly bucket?: string[]; readonly region?: string[] };

const purposes = `what it is for: ${awsPurposes.join(', ')}`;
const codeVariable = 'HOLDFAST_AWS_MFA_CODE';
const mfaHelp = `ask for the code of its device, where ${codeVariable} does not hold it`;

export function registerAws(program: Command, run: RunCommand): void {
  const aws = program.command('aws').description('by whom AWS is asked, what they may, and what they have to');
  registerAwsImages(aws, run);
  registerAwsAccounts(aws, run);
  registerNatives(aws, run);
  registerAwsRestore(aws, run);
  placed(aws.command('identity').description('ask AWS who an account is; without one, who the environment is')).action(
    (account: string | undefined, options: PlaceOptions) => run((cli) => identify(cli, account, options)),
  );
  placed(aws.command('check').description('try what an account may, right by right; nothing is changed'))
    .option('--for <purpose>', purposes, purposeArgument, 'protect')
    .option('--bucket <name>', 'a bucket to try (repeatable)', collect)
    .action((account: string | undefined, options: CheckOptions) => run((cli) => check(cli, account, options)));
  aws
    .command('policy')
    .description('print the smallest policy that is enough, to be pasted into AWS')
    .option('--for <purpose>', purposes, purposeArgument, 'protect')
    .option('--bucket <name>', 'for this bucket only (repeatable)', collect)
    .option('--region <region>', 'in this region only (repeatable)', collect)
    .action((options: PolicyOptions) => run((cli) => policy(cli, options)));
}

function placed(command: Command): Command {
  return command
    .argument('[account]', 'name of a registered account')
    .option('--region <region>', 'another region than its usual one')
    .option('--endpoint <url>', 'the endpoint that was entered for a source, with the environment')
    .option('--mfa', mfaHelp);
}

function purposeArgument(text: string): AwsPurpose {
  const purpose = awsPurposes.find((one) => one === text);
  if (purpose === undefined) throw new InvalidArgumentError(`It is one of ${awsPurposes.join(', ')}.`);
  return purpose;
}

async function placeOf({ world }: Cli, account: string | undefined, { region, endpoint, mfa = false }: PlaceOptions) {
  const place = { account: account ?? null, region: region ?? null, endpoint: endpoint ?? null };
  const given = world.env[codeVariable] ?? '';
  if (given !== '') return { ...place, code: given };
  if (!mfa) return place;
  if (world.askSecret === null) throw badUsage(`Nobody can be asked for the code here: set ${codeVariable}.`);
  return { ...place, code: await world.askSecret('Code of the device: ') };
}

async function identify(cli: Cli, account: string | undefined, options: PlaceOptions): Promise<ExitCode> {
  const place = await placeOf(cli, account, options);
  return withEngine(cli, async ({ client, signal }) => {
    const found = await client.aws.identity(place, { signal });
    await cli.output.document(found);
    const { identity, region } = found;
    await cli.output.lines([
      account === undefined ? 'The AWS environment' : `AWS account ${account}`,
      ...factLines([
        ['account', identity.account],
        ['is', identity.arn],
        ['region', region],
      ]),
    ]);
    return 0;
  });
}

const doing: Readonly<Record<AwsPurpose, string>> = {
  protect: 'protect',
  restore: 'restore',
  'off-cloud': 'copy off the cloud',
  bucket: 'read buckets',
  'give-back': 'give back to buckets',
  hooks: 'run hooks',
};

const marks: Readonly<Record<AwsVerdict, string>> = {
  allowed: 'ok',
  refused: 'refused',
  unknown: 'unknown',
  untested: 'not tested',
};

async function check(cli: Cli, account: string | undefined, options: CheckOptions): Promise<ExitCode> {
  const place = await placeOf(cli, account, options);
  return withEngine(cli, async ({ client, signal }) => {
    const input = { ...place, purpose: options.for, buckets: options.bucket ?? [] };
    const found = await client.aws.check(input, { signal });
    await cli.output.document(found);
    await cli.output.lines(checkLines(found));
    if (found.refused > 0)
      cli.output.warn(`What it lacks is in the policy: \`holdfast aws policy --for ${found.purpose}\`.`);
    return found.refused === 0 ? 0 : 3;
  });
}

function checkLines({ account, identity, region, purpose, actions, refused }: AwsCheck): string[] {
  const who = account === null ? 'The AWS environment' : `AWS account ${account}`;
  const is = identity === null ? 'nobody says who that is' : `${identity.account}, ${identity.arn}`;
  const verdict = refused === 0 ? 'Nothing that could be tested is refused' : `${plural(refused, 'right')} refused`;
  return [
    `${who} (${is}), in ${region}, to ${doing[purpose]}. Nothing was changed.`,
    ...tableLines(
      ['', 'RIGHT', 'WHY'].map((title) => ({ title })),
      actions.map(({ action, verdict: one, why, detail }) => [
        marks[one],
        action,
        one === 'allowed' ? why : `${why} ${detail}`,
      ]),
    ),
    `${verdict}.`,
  ];
}

function policy(cli: Cli, options: PolicyOptions): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const input = { purpose: options.for, buckets: options.bucket ?? [], regions: options.region ?? [] };
    const found = await client.aws.policy(input, { signal });
    await cli.output.document(found);
    await cli.output.lines(JSON.stringify(found.policy, null, 2).split('\n'));
    return 0;
  });
}
