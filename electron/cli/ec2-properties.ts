/** Properties of a source in EC2 as they are typed, and as they are shown. */
import { ec2DefinitionSchema, type Ec2Definition } from '../../shared/contract/sources.ts';
import type { Ec2Copy, Ec2Lock } from '../../shared/contract/aws-sources.ts';
import { parseDuration } from '../../shared/model/units.ts';
import { yesOrNo } from './arguments.ts';
import { badUsage } from './failure.ts';
import { checked, type Given } from './given-properties.ts';

export const EC2_KEYS_HELP = `Keys of an ec2 source, one of the first three being what it is of:
  instance             i-…: all its volumes at one point
  volume               vol-…
  tag                  key=value, or key=* for any value: whatever instances and volumes carry it at the time
  without-root         yes or no (no): of an instance, without the volume that it boots from
  exclude              of an instance, a volume that is left out; may be given several times
  account, region, endpoint  as whom and where AWS is asked; without them as its own environment and profiles say
  copy                 region[,keep=90d][,key=<KMS key>][,account=<name>]; may be given several times
  lock                 governance:30d, or compliance:30d[:24h]: nobody can take a compliance lock back, not even the
                       owner of the account or AWS, once its cool-off (1h to 72h; none without it) is over
  off-cloud            yes or no (no): blocks of completed snapshots are brought into the repository too
  off-cloud-keep       how long those images are kept, such as 90d; without it, as long as their periods say`;

export const ec2Keys: readonly string[] = [
  'instance',
  'volume',
  'without-root',
  'exclude',
  'account',
  'region',
  'endpoint',
  'copy',
  'lock',
  'off-cloud',
  'off-cloud-keep',
];

type Target = Ec2Definition['target'];

/** Before anything of it is known; null: there is no target yet. */
export function emptyEc2(common: object): Ec2Definition {
  return ec2DefinitionSchema.parse({ kind: 'ec2', ...common, target: { kind: 'tag', key: 'nothing', value: null } });
}

/** `rules`: tags with an equals sign, which say what the source is of. BAD_USAGE. */
export function ec2With(before: Ec2Definition, of: Given, rules: readonly string[], isNew: boolean): Ec2Definition {
  const target = targetWith(isNew ? null : before.target, of, rules);
  const text = (key: 'account' | 'region' | 'endpoint') => of.value(key, before[key], (given) => given);
  return checked(ec2DefinitionSchema, {
    ...before,
    account: text('account'),
    region: text('region'),
    endpoint: text('endpoint'),
    target,
    copies: of.list('copy', before.copies.map(copyText)).map(copyOf),
    lock: of.value('lock', before.lock, lockOf),
    offCloud: of.value('off-cloud', before.offCloud, (given) => yesOrNo('off-cloud', given)),
    offCloudKeepDays: of.value('off-cloud-keep', before.offCloudKeepDays, (given) =>
      given === null ? null : days('off-cloud-keep', given),
    ),
  });
}

function targetWith(was: Target | null, of: Given, rules: readonly string[]): Target {
  const instance = of.value<string | null>('instance', null, (text) => text);
  const volume = of.value<string | null>('volume', null, (text) => text);
  const given = [instance, volume, ...rules].filter((one) => one !== null);
  if (given.length > 1) throw badUsage('An ec2 source is of one instance, one volume or one tag.');
  if (volume !== null) return { kind: 'volume', volume };
  const [rule] = rules;
  if (rule !== undefined) return ruleOf(rule);
  const before = was?.kind === 'instance' ? was : null;
  if (instance === null && before === null) {
    if (was === null) throw badUsage('An ec2 source needs --set instance=i-…, volume=vol-… or tag=key=value.');
    return was;
  }
  return {
    kind: 'instance',
    instance: instance ?? before?.instance ?? '',
    withoutRoot: of.value('without-root', before?.withoutRoot ?? false, (text) => yesOrNo('without-root', text)),
    excludes: of.list('exclude', before?.excludes ?? []),
  };
}

function ruleOf(rule: string): Target {
  const at = rule.indexOf('=');
  const value = rule.slice(at + 1);
  return { kind: 'tag', key: rule.slice(0, at), value: value === '*' ? null : value };
}

function copyOf(text: string): Ec2Copy {
  const [region = '', ...more] = text.split(',');
  const options = new Map(more.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)]));
  for (const key of options.keys())
    if (!['keep', 'key', 'account'].includes(key)) throw badUsage(`A copy has keep, key and account, but no ${key}.`);
  const keep = options.get('keep');
  return {
    region,
    kmsKey: options.get('key') ?? null,
    account: options.get('account') ?? null,
    keepDays: keep === undefined ? null : days('keep', keep),
  };
}

function copyText({ region, kmsKey, account, keepDays }: Ec2Copy): string {
  return [
    region,
    ...(keepDays === null ? [] : [`keep=${keepDays}d`]),
    ...(kmsKey === null ? [] : [`key=${kmsKey}`]),
    ...(account === null ? [] : [`account=${account}`]),
  ].join(',');
}

function lockOf(text: string | null): Ec2Lock | null {
  if (text === null) return null;
  const [mode = '', keep = '', coolOff] = text.split(':');
  if (mode !== 'governance' && mode !== 'compliance')
    throw badUsage('A lock is written as governance:30d or compliance:30d:24h.');
  const hours = coolOff === undefined ? null : (parseDuration(coolOff) ?? 0) / hourMs;
  if (hours !== null && (mode === 'governance' || !Number.isInteger(hours) || hours < 1 || hours > 72))
    throw badUsage('A compliance lock can be taken back for 1h to 72h; a governance lock always.');
  return { mode, days: days('lock', keep), coolOffHours: hours };
}

function lockText({ mode, days: count, coolOffHours }: Ec2Lock): string {
  return `${mode}:${count}d${coolOffHours === null ? '' : `:${coolOffHours}h`}`;
}

const hourMs = 3_600_000;

function days(key: string, text: string): number {
  const ms = parseDuration(text) ?? 0;
  if (ms < 24 * hourMs) throw badUsage(`${key} is at least a day, such as 30d.`);
  return Math.round(ms / (24 * hourMs));
}

/** What is usual is left out. */
export function ec2Facts(source: Ec2Definition): (readonly [string, string | null])[] {
  const { target, copies, lock } = source;
  return [
    ...targetFacts(target),
    ['account', source.account],
    ['region', source.region],
    ['endpoint', source.endpoint],
    ...copies.map((copy) => ['copy', copyText(copy)] as const),
    ['lock', lock === null ? null : lockText(lock)],
    ['off-cloud', source.offCloud ? 'yes' : null],
    ['off-cloud-keep', source.offCloudKeepDays === null ? null : `${source.offCloudKeepDays}d`],
  ];
}

function targetFacts(target: Target): (readonly [string, string | null])[] {
  if (target.kind === 'volume') return [['volume', target.volume]];
  if (target.kind === 'tag') return [['tag', `${target.key}=${target.value ?? '*'}`]];
  return [
    ['instance', target.instance],
    ['without-root', target.withoutRoot ? 'yes' : null],
    ...target.excludes.map((volume) => ['exclude', volume] as const),
  ];
}

/** What has to be known before such a source is registered; null: nothing. */
export function ec2Warning({ lock }: Ec2Definition): string | null {
  if (lock?.mode !== 'compliance') return null;
  const until = lock.coolOffHours === null ? 'from the moment it is set' : `${lock.coolOffHours} hours after it is set`;
  return `Each of its snapshots gets a compliance lock of ${lock.days} days. ${until[0]?.toUpperCase()}${until.slice(1)}, nobody can shorten or remove it, neither the owner of the account nor AWS, and they are paid for until it ends.`;
}
