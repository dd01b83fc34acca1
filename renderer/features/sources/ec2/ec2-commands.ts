/** The command lines that add and change a source in EC2. Pure. */
import type { Ec2Copy, Ec2Lock, Ec2Target } from '../../../../shared/contract/aws-sources.ts';
import type { Ec2Definition } from '../../../../shared/contract/sources.ts';
import { hookProperties } from '../../../../shared/model/typed-hook.ts';
import { placeProperties } from '../aws/place-draft.ts';

type Property = readonly [key: string, value: string];

export function addEc2Command(source: Ec2Definition): readonly string[] {
  const set = propertiesOf(source).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  return ['holdfast', 'source', 'add', 'ec2', '--name', source.name, ...set];
}

/** What makes `before` into `after`; what was there and is there no more is taken away. */
export function changeEc2Command(before: Ec2Definition, after: Ec2Definition): readonly string[] {
  const [was, is] = [propertiesOf(before), propertiesOf(after)];
  const valuesOf = (all: readonly Property[], key: string) =>
    all.filter(([one]) => one === key).map(([, value]) => value);
  const changed = is.filter(([key]) => valuesOf(was, key).join('\n') !== valuesOf(is, key).join('\n'));
  // What a source is of takes the place of what it was of.
  const targets = new Set(['instance', 'volume', 'tag', 'without-root', 'exclude']);
  const isOther = before.target.kind !== after.target.kind;
  const gone = [...new Set(was.map(([key]) => key))].filter(
    (key) => valuesOf(is, key).length === 0 && !(isOther && targets.has(key)),
  );
  return [
    'holdfast',
    'source',
    'set',
    after.name,
    ...changed.flatMap(([key, value]) => ['--set', `${key}=${value}`]),
    ...gone.flatMap((key) => ['--unset', key]),
  ];
}

/** What is not as usual. */
function propertiesOf(source: Ec2Definition): readonly Property[] {
  const { target, copies, lock, offCloud, offCloudKeepDays, commands } = source;
  const all: readonly (readonly [string, string | null])[] = [
    ...targetProperties(target),
    ...placeProperties(source),
    ...copies.map((copy) => ['copy', copyText(copy)] as const),
    ['lock', lock === null ? null : lockText(lock)],
    ['off-cloud', offCloud ? 'yes' : null],
    ['off-cloud-keep', offCloudKeepDays === null ? null : `${offCloudKeepDays}d`],
    ...hookProperties(commands),
  ];
  return all.filter((property): property is Property => property[1] !== null);
}

function targetProperties(target: Ec2Target): readonly (readonly [string, string | null])[] {
  if (target.kind === 'volume') return [['volume', target.volume]];
  if (target.kind === 'tag') return [['tag', `${target.key}=${target.value ?? '*'}`]];
  return [
    ['instance', target.instance],
    ['without-root', target.withoutRoot ? 'yes' : null],
    ...target.excludes.map((volume) => ['exclude', volume] as const),
  ];
}

function copyText({ region, kmsKey, account, keepDays }: Ec2Copy): string {
  return [
    region,
    ...(keepDays === null ? [] : [`keep=${keepDays}d`]),
    ...(kmsKey === null ? [] : [`key=${kmsKey}`]),
    ...(account === null ? [] : [`account=${account}`]),
  ].join(',');
}

function lockText({ mode, days, coolOffHours }: Ec2Lock): string {
  return `${mode}:${days}d${coolOffHours === null ? '' : `:${coolOffHours}h`}`;
}
