import { InvalidArgumentError, type Command } from 'commander';
import type { AwsRestorePreview, AwsRestoreRequest } from '../../shared/contract/aws-restores.ts';
import { pricesOf, roughly } from '../../shared/model/aws-prices.ts';
import { collect, countArgument, sourceArgument } from './arguments.ts';
import { askedAs, whoOf, type WhoOptions } from './aws-restore-options.ts';
import { registerRestoreObjects } from './aws-restore-objects.ts';
import { followRun, registerAwsRestoreRuns } from './aws-restore-runs.ts';
import { badUsage, type ExitCode } from './failure.ts';
import { follow } from './operation.ts';
import { lifetimeArgument } from './make-clone.ts';
import type { RunCommand } from './run-command.ts';
import { repositoryAccess, withEngine, type Cli } from './session.ts';
import { tableLines } from './table.ts';

type Want = AwsRestoreRequest['want'];
type CommonOptions = WhoOptions & {
  region?: string;
  endpoint?: string;
  from?: string;
  point?: string;
  source?: string;
  of?: string;
  title?: string;
  dryRun?: boolean;
};
type VolumeOptions = {
  size?: number;
  type?: string;
  iops?: number;
  throughput?: number;
  encrypt?: boolean;
  kmsKey?: string;
};
type LaunchOptions = {
  root?: string;
  data?: string[];
  like?: string;
  type?: string;
  image?: string;
  subnet?: string;
  group?: string[];
  profile?: string;
  keyPair?: string;
  privateIp?: string;
  userData: boolean;
};

const SNAPSHOT = 'a native snapshot (snap-…); with --point also a volume (vol-…)';

export function registerAwsRestore(aws: Command, run: RunCommand): void {
  const restore = aws.command('restore').description('bring volumes, instances and objects back in AWS, step by step');
  const made = (command: Command): Command => placed(askedAs(command));
  sized(made(restore.command('volume').description('make a volume of a snapshot')))
    .argument('<snapshot>', SNAPSHOT)
    .requiredOption('--zone <zone>', 'its availability zone, such as eu-central-1a')
    .action((snapshot: string, { zone, ...options }: CommonOptions & VolumeOptions & { zone: string }) =>
      run((cli) => begin(cli, { kind: 'volume', snapshot, zone, ...volumeOf(options) }, options)),
    );
  sized(made(restore.command('disk').description('attach a volume made of a snapshot, or swap it for one')))
    .argument('<snapshot>', SNAPSHOT)
    .requiredOption('--instance <id>', 'the instance that gets it')
    .requiredOption('--device <name>', 'where, such as /dev/sdf')
    .option('--swap', 'the volume that is there is detached, tagged and kept')
    .option('--live', 'without stopping the instance: what is swapped is unmounted in it')
    .action((snapshot: string, options: CommonOptions & VolumeOptions & DiskOptions) =>
      run((cli) => begin(cli, diskOf(snapshot, options), options)),
    );
  made(restore.command('root').description('replace the volume a running instance boots from; the old one is kept'))
    .argument('<snapshot>', SNAPSHOT)
    .requiredOption('--instance <id>', 'the instance')
    .action((snapshot: string, { instance, ...options }: CommonOptions & { instance: string }) =>
      run((cli) => begin(cli, { kind: 'root', instance, snapshot }, options)),
    );
  launched(made(restore.command('launch').description('launch an instance in place of another')))
    .option('--move-addresses', 'Elastic IPs of the other go to it')
    .option('--move-interfaces', 'further network interfaces of the other go to it')
    .option('--stop-old', 'stop the other one first')
    .action((options: CommonOptions & LaunchOptions & MoveOptions) =>
      run((cli) => {
        const { moveAddresses = false, moveInterfaces = false, stopOld = false } = options;
        const moves = { moveAddresses, moveInterfaces, stopOld };
        return begin(cli, { kind: 'launch', ...launchOf(options), ...moves }, options);
      }),
    );
  launched(made(restore.command('clone').description('launch a copy for development that reaches nobody')))
    .option(
      '--expires <time>',
      'for how long it is needed, such as 12h, 7d or 4w; a number alone is hours',
      hoursArgument,
      72,
    )
    .action((options: CommonOptions & LaunchOptions & { expires: number }) =>
      run((cli) => begin(cli, { kind: 'clone', ...launchOf(options), expiresInHours: options.expires }, options)),
    );
  registerRestoreObjects(restore, run);
  registerAwsRestoreRuns(restore, run);
}

/** Whole hours, at least one. */
function hoursArgument(text: string): number {
  return /^\d+$/.test(text) ? countArgument(text) : Math.max(1, Math.ceil(lifetimeArgument(text) / 3_600_000));
}

type DiskOptions = { instance: string; device: string; swap?: boolean; live?: boolean };
type MoveOptions = { moveAddresses?: boolean; moveInterfaces?: boolean; stopOld?: boolean };

function placed(command: Command): Command {
  return command
    .option('--region <region>', 'where to restore')
    .option('--endpoint <url>', 'of something that speaks as AWS does')
    .option('--from <region>', 'where the snapshots lie; from another region they are copied first')
    .option('--point <snapshot>', 'a Holdfast snapshot that says what is restored: an id, its beginning, or `latest`')
    .option('--source <name>', 'the source that `latest` means', sourceArgument)
    .option('--of <instance>', 'of several instances in that snapshot, this one')
    .option('--title <text>', 'what the run is called')
    .option('--dry-run', 'show the plan and try every call out; nothing is made');
}

function sized(command: Command): Command {
  return command
    .option('--size <GiB>', 'larger than the snapshot', countArgument)
    .option('--type <type>', 'gp3, gp2, io1, io2, st1, sc1 or standard')
    .option('--iops <n>', 'of gp3, io1 and io2', countArgument)
    .option('--throughput <MiB/s>', 'of gp3', countArgument)
    .option('--encrypt', 'encrypt it, also where the snapshot is not')
    .option('--kms-key <key>', 'the key to encrypt it with');
}

function launched(command: Command): Command {
  return command
    .option('--root <snapshot>', 'the snapshot it boots from')
    .option('--data <device=snapshot>', 'a further volume (repeatable)', collect)
    .option('--like <instance>', 'an instance that is there, to launch one like it')
    .option('--type <type>', 'another type of instance')
    .option('--image <ami>', 'another image, where no root snapshot is given')
    .option('--subnet <id>', 'another subnet')
    .option('--group <id>', 'another security group (repeatable)', collect)
    .option('--profile <name>', 'another instance profile; `none` for none')
    .option('--key-pair <name>', 'another key pair; `none` for none')
    .option('--private-ip <address>', 'a private address of its subnet')
    .option('--no-user-data', 'without the user data of the other');
}

function volumeOf({ size, type, iops, throughput, encrypt, kmsKey }: VolumeOptions) {
  return {
    sizeGiB: size ?? null,
    ...(type === undefined ? {} : { type: volumeType(type) }),
    iops: iops ?? null,
    throughput: throughput ?? null,
    encrypt: encrypt ?? false,
    kmsKey: kmsKey ?? null,
  };
}

const volumeTypes = ['gp2', 'gp3', 'io1', 'io2', 'st1', 'sc1', 'standard'] as const;

function volumeType(text: string): (typeof volumeTypes)[number] {
  const found = volumeTypes.find((one) => one === text);
  if (found === undefined) throw new InvalidArgumentError(`A type is one of ${volumeTypes.join(', ')}.`);
  return found;
}

function diskOf(snapshot: string, options: VolumeOptions & DiskOptions): Want {
  const { instance, device, swap = false, live = false } = options;
  return { kind: 'disk', snapshot, instance, device, swap, live, ...volumeOf(options) };
}

function launchOf(options: LaunchOptions) {
  const { root, data = [], like, type, image, subnet, group, profile, keyPair, privateIp, userData } = options;
  const named = (text: string): string | null => (text === 'none' ? null : text);
  return {
    root: root ?? null,
    data: data.map(diskPair),
    like: like ?? null,
    changes: {
      ...(type === undefined ? {} : { type }),
      ...(image === undefined ? {} : { image }),
      ...(subnet === undefined ? {} : { subnet }),
      ...(group === undefined ? {} : { groups: group }),
      ...(profile === undefined ? {} : { profile: named(profile) }),
      ...(keyPair === undefined ? {} : { keyPair: named(keyPair) }),
      ...(privateIp === undefined ? {} : { privateIp }),
      ...(userData ? {} : { userData: 'none' as const }),
    },
  };
}

function diskPair(text: string): { device: string; snapshot: string } {
  const at = text.indexOf('=');
  if (at < 1) throw badUsage('Write --data /dev/sdf=snap-….');
  return { device: text.slice(0, at), snapshot: text.slice(at + 1) };
}

async function begin(cli: Cli, want: Want, options: CommonOptions): Promise<ExitCode> {
  const { output, world } = cli;
  const { region, endpoint, from, point, source, of, title, dryRun = false } = options;
  const who = whoOf(cli, options);
  const repository = point === undefined ? null : await repositoryAccess(cli);
  const request: AwsRestoreRequest = {
    who,
    region: region ?? null,
    endpoint: endpoint ?? null,
    from: from ?? null,
    point:
      point === undefined || repository === null
        ? null
        : {
            repository,
            snapshot: point,
            ...(source === undefined ? {} : { source }),
            ...(of === undefined ? {} : { instance: of }),
          },
    want,
  };
  return withEngine(cli, async ({ client, signal }) => {
    if (dryRun) {
      const events = await client.awsRestores.preview(request, { signal });
      return tellPlan(cli, await follow(output, world.monotonicMs, events));
    }
    const created = await client.awsRestores.create(
      { ...request, ...(title === undefined ? {} : { title }) },
      { signal },
    );
    output.note(`Restore run ${created.id.slice(0, 8)}: ${created.title}`);
    const events = await client.restoreRuns.start({ run: created.id, repository, aws: who }, { signal });
    return followRun(cli, client, created.id, events);
  });
}

async function tellPlan({ output }: Cli, preview: AwsRestorePreview): Promise<ExitCode> {
  const { plan, steps, checks, costs, guestNotes } = preview;
  await output.document(preview);
  await output.lines([
    ...tableLines(
      [{ title: 'STEP' }, { title: 'WHAT' }, { title: 'TO UNDO IT' }],
      steps.map(({ title, detail, undo, noUndo }) => [title, detail ?? '', undo ?? noUndo ?? '']),
    ),
    '',
    ...plan.calls.map(({ region, action, input }) => `${action} in ${region}: ${JSON.stringify(input)}`),
    '',
    ...checks.map(({ level, title, detail }) => `${level.padEnd(7)}  ${title}. ${detail}`),
    '',
    `Roughly, by list prices of us-east-1 in ${pricesOf}:`,
    ...costs.map(
      ({ what, quantity, unit, note, roughly: price }) =>
        `  ${quantity} ${unit}, ${what}, ${price === null ? 'price unknown' : roughly(price)}: ${note}`,
    ),
    '',
    'Left to do in the machine:',
    ...guestNotes.map((text) => `  ${text}`),
  ]);
  return checks.some(({ level }) => level === 'blocker') ? 1 : 0;
}
