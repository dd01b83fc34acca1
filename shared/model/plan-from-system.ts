/** A recovery plan for a complete system: all that a system snapshot holds, brought back side by side, then looked at. Pure. */
import type { PlanParameter, PlanStep, PointRule, RecoveryPlan, StepWork } from './recovery-plans.ts';

/** What is known of a source that is part of the system. */
export type SystemPart = {
  readonly source: string;
  /** Null: it has none that could be restored. */
  readonly snapshot: string | null;
  /** Null: the source is not registered here, so nobody knows how it is given back. */
  readonly kind: SystemPartKind | null;
};

type InAws = { readonly account: string | null; readonly region: string | null; readonly endpoint: string | null };
export type SystemPartKind =
  | { readonly kind: 'folder' }
  | { readonly kind: 'git' | 'github' }
  | (InAws & { readonly kind: 's3-bucket'; readonly bucket: string; readonly prefix: string })
  | (InAws & {
      readonly kind: 'ec2';
      readonly target:
        | { readonly kind: 'instance'; readonly instance: string }
        | { readonly kind: 'volume'; readonly volume: string }
        | { readonly kind: 'tag' };
    });

export type PartLeftOut = { readonly source: string; readonly reason: string };

const parameters = {
  target: {
    name: 'target',
    label: 'Folder on this machine to bring files and repositories back into',
    type: 'path',
    choices: [],
    default: null,
  },
  prefix: {
    name: 'key_prefix',
    label: 'What is put before the keys of objects',
    type: 'text',
    choices: [],
    default: 'restored/',
  },
  zone: {
    name: 'zone',
    label: 'Availability zone that volumes are made in',
    type: 'text',
    choices: [],
    default: null,
  },
} as const satisfies Record<string, PlanParameter>;

/** `latest`: the newest snapshot of each source when the plan is run, in place of the ones of the system snapshot. */
export function planFromSystem(
  parts: readonly SystemPart[],
  { name, system, latest }: { readonly name: string; readonly system: string; readonly latest: boolean },
): { readonly plan: RecoveryPlan; readonly left: readonly PartLeftOut[] } {
  const left: PartLeftOut[] = [];
  const restores: PlanStep[] = [];
  for (const part of parts) {
    const work = workFor(part, latest);
    if ('reason' in work) left.push({ source: part.source, reason: work.reason });
    else restores.push(step(idFor(part.source, restores), `Bring ${part.source} back`, work));
  }
  const look: StepWork = {
    kind: 'checkpoint',
    instruction: `Look at what was brought back: ${restores.map(({ title }) => title.slice(6, -5)).join(', ')}. Is it as it should be?`,
  };
  const steps =
    restores.length === 0
      ? []
      : [
          ...restores,
          step(
            'look',
            'Look whether all of it is as it should be',
            look,
            restores.map(({ id }) => id),
          ),
        ];
  const uses = JSON.stringify(steps);
  const plan: RecoveryPlan = {
    name,
    description: `Brings back the system of ${parts.length} sources in system snapshot ${system.slice(0, 8)}.`,
    targetRtoMs: null,
    parameters: Object.values(parameters).filter((parameter) => uses.includes(`\${${parameter.name}}`)),
    steps,
  };
  return { plan, left };
}

function step(id: string, title: string, work: StepWork, after: readonly string[] = []): PlanStep {
  return { id, title: title.slice(0, 200), after, timeLimitMs: null, inDrills: false, work };
}

/** Of the name of the source, and no other step has it. */
function idFor(source: string, others: readonly PlanStep[]): string {
  const plain = source
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 34)
    .replaceAll(/^-+|-+$/g, '');
  const base = plain === '' || plain === 'look' ? `source-${others.length + 1}` : plain;
  const isTaken = (id: string): boolean => others.some((other) => other.id === id);
  for (let count = 2, id = base; ; count += 1, id = `${base}-${count}`) if (!isTaken(id)) return id;
}

function workFor({ source, snapshot, kind }: SystemPart, latest: boolean): StepWork | { readonly reason: string } {
  if (snapshot === null) return { reason: 'The system snapshot holds nothing of it.' };
  if (kind === null)
    return { reason: 'No source of that name is registered here, so a step for it is to be written by hand.' };
  const point: PointRule = latest ? { kind: 'latest' } : { kind: 'snapshot', snapshot };
  const of = { source, point };
  // Nothing of a name leads out of the folder.
  const folder = `\${target}/${source.replaceAll('/', '-')}`;
  switch (kind.kind) {
    case 'folder':
      return { ...of, kind: 'folder', path: '/', target: folder, overwrite: 'never', verify: true };
    case 'git':
    case 'github':
      return { ...of, kind: 'git', repositories: null, target: { kind: 'bare', path: folder }, overwrite: false };
    case 's3-bucket': {
      const { account, region, endpoint, bucket, prefix } = kind;
      const place = { account, region, endpoint };
      return { ...of, ...place, kind: 'bucket', from: prefix, bucket, prefix: '${key_prefix}', overwrite: 'never' };
    }
    case 'ec2': {
      const { account, region, endpoint, target } = kind;
      const place = { account, region, endpoint };
      if (target.kind === 'instance')
        return { ...of, ...place, kind: 'instance', instance: target.instance, how: 'launch', stopOld: false };
      if (target.kind === 'volume') return { ...of, ...place, kind: 'volume', volume: target.volume, zone: '${zone}' };
      return { reason: 'It is of whatever carries a tag: a step for each instance is to be written by hand.' };
    }
  }
}
