/** The command line that does the same as a guided restore in AWS. No secret stands in it. Pure. */
import type { AwsRestoreRequest } from '../../../../shared/contract/aws-restores.ts';

export const keysNote =
  'Keys are read from the environment variables that are named; they do not stand in the command, which others of this machine can see.';

export function awsRestoreCommand({
  who,
  want,
  region,
  from,
  endpoint,
  point = null,
}: AwsRestoreRequest): readonly string[] {
  return [
    'holdfast',
    'aws',
    'restore',
    want.kind,
    ...wantWords(want),
    ...option('--point', point?.snapshot),
    ...option('--of', point?.instance),
    ...option('--from', from),
    ...option('--region', region),
    ...option('--endpoint', endpoint),
    ...whoWords(who),
  ];
}

function wantWords(want: AwsRestoreRequest['want']): readonly string[] {
  switch (want.kind) {
    case 'volume':
      return [want.snapshot, '--zone', want.zone];
    case 'root':
      return [want.snapshot, '--instance', want.instance];
    case 'disk': {
      const how = [...flag('--swap', want.swap), ...flag('--live', want.live)];
      return [want.snapshot, '--instance', want.instance, '--device', want.device, ...how];
    }
    case 'launch': {
      const { stopOld, moveAddresses, moveInterfaces } = want;
      const moves = [...flag('--move-addresses', moveAddresses), ...flag('--move-interfaces', moveInterfaces)];
      return [...disksWords(want), ...moves, ...flag('--stop-old', stopOld)];
    }
    case 'clone':
      return [...disksWords(want), '--expires', String(want.expiresInHours)];
  }
}

type Disks = {
  readonly like?: string | null | undefined;
  readonly root?: string | null | undefined;
  readonly data?: readonly { readonly device: string; readonly snapshot: string }[] | undefined;
};

function disksWords({ like, root, data = [] }: Disks): readonly string[] {
  const disks = data.flatMap(({ device, snapshot }) => ['--data', `${device}=${snapshot}`]);
  return [...option('--like', like), ...option('--root', root), ...disks];
}

function whoWords({ account, keys }: AwsRestoreRequest['who']): readonly string[] {
  if (keys === null || keys === undefined) return option('--account', account);
  const token = keys.sessionToken ?? null;
  return [
    '--access-key',
    keys.accessKeyId,
    '--secret',
    'secret-access-key=env:AWS_SECRET_ACCESS_KEY',
    ...(token === null ? [] : ['--secret', 'session-token=env:AWS_SESSION_TOKEN']),
  ];
}

function option(name: string, value: string | null | undefined): readonly string[] {
  return value === null || value === undefined ? [] : [name, value];
}

function flag(name: string, isOn: boolean | undefined): readonly string[] {
  return isOn === true ? [name] : [];
}
