/** Restores in AWS: planned and created here. What becomes of them afterwards is the matter of `restore-runs.ts`. */
import type { z } from 'zod';
import type {
  AwsRestorePlan,
  AwsRestorePreview,
  awsRestoreRequestSchema,
  AwsRegionMap,
  AwsWant,
} from '../../../shared/contract/aws-restores.ts';
import { awsRegionMapSchema } from '../../../shared/contract/aws-restores.ts';
import type { RestoreRun } from '../../../shared/contract/restore-runs.ts';
import { guestNotes } from '../../../shared/model/aws-guest-notes.ts';
import { configurationLimits } from '../../../shared/model/configuration.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { AwsClients } from '../aws/clients.ts';
import { changeConfiguration } from '../configuration/save.ts';
import { checksOf } from '../recovery/aws/checks.ts';
import { readFacts, type Facts } from '../recovery/aws/facts.ts';
import { Hands } from '../recovery/aws/hands.ts';
import { planOf, type Plan } from '../recovery/aws/plan.ts';
import { callsOf, tryOutAll } from '../recovery/aws/preflight.ts';
import { stepsOf } from '../recovery/aws/words.ts';
import { newRunId } from '../recovery/runs/run-book.ts';
import { openAccess } from './access.ts';
import { readPoint, resolveWant, type AwsPoint } from './aws-points.ts';
import { restoreAccess } from './aws-restore-access.ts';
import { handlers, type CallContext } from './context.ts';
import { isConfigured } from './is-configured.ts';
import { streamAnswer } from './stream-job.ts';

type Request = z.infer<typeof awsRestoreRequestSchema>;

export const awsRestoresHandlers = {
  preview: handlers.awsRestores.preview.handler(async function* ({ input, context, signal }) {
    yield* streamAnswer<AwsRestorePreview>(signal, (voice) =>
      planning(context, input, voice.signal, async ({ planned, facts, want, plan, hands }) => ({
        plan,
        steps: stepsOf(planned.deeds).map(({ step: id, ...words }) => ({ id, ...words })),
        checks: [...checksOf(want, facts), ...(await tryOutAll(planned.deeds, facts, want, hands))],
        costs: [...planned.costs],
        guestNotes: guestNotes(want.kind),
      })),
    );
  }),

  create: handlers.awsRestores.create.handler(({ input, context, signal }) => createAwsRun(context, input, { signal })),

  maps: handlers.awsRestores.maps.handler(async ({ context }) => ({ maps: await regionMaps(context) })),

  saveMap: handlers.awsRestores.saveMap.handler(async ({ input: { repository, from, to, map }, context }) => {
    const value = map === null ? null : JSON.stringify(map);
    if (value !== null && value.length > configurationLimits.textLength)
      throw new HoldfastError('BAD_USAGE', 'A map between two regions holds some sixty names; this one is too long.');
    const { saved, notices } = await changeConfiguration(
      context,
      () => openAccess(context, repository),
      () => context.catalog.write('settings.set', context.caller, { key: `${mapPrefix}${from}.${to}`, value }),
    );
    return { saved, notices };
  }),
};

/** `onPlanned` is given the id of the run before there is one. Nothing is made in AWS before it is started. */
export function createAwsRun(
  context: CallContext,
  request: Request & { readonly title?: string | undefined },
  { signal, onPlanned }: { signal: AbortSignal | undefined; onPlanned?: (run: string) => Promise<void> },
): Promise<RestoreRun> {
  return planning(context, request, signal, async ({ run, planned, point, want, plan }) => {
    await onPlanned?.(run);
    return context.runs.create(context.caller, {
      id: run,
      kind: 'aws',
      title: request.title ?? titleOf(want, plan.region),
      repository: point?.repository ?? null,
      task: { selections: point === null ? [] : [point.selection], aws: plan },
      steps: stepsOf(planned.deeds),
    });
  });
}

type Planning = {
  readonly run: string;
  readonly planned: Plan;
  readonly plan: AwsRestorePlan;
  readonly facts: Facts;
  readonly want: AwsWant;
  readonly point: AwsPoint | null;
  readonly hands: Hands;
};

async function planning<Result>(
  context: CallContext,
  { who, region: wanted, endpoint: named, from: elsewhere, point: asked, want: given }: Request,
  signal: AbortSignal | undefined,
  work: (planning: Planning) => Promise<Result>,
): Promise<Result> {
  const access = await restoreAccess(context, who, { region: wanted, endpoint: named });
  using clients = new AwsClients(access);
  const point = asked === null ? null : await readPoint(context, asked, signal);
  const want = resolveWant(given, point);
  const { region, endpoint } = access;
  const from = elsewhere ?? point?.natives[0]?.region ?? region;
  const run = newRunId();
  const hands = new Hands({ clients, run, signal: signal ?? new AbortController().signal });
  const nowMs = context.runs.nowMs();
  const map = await regionMap(context, from, region);
  const facts = await readFacts({ hands, want, region, from, map, described: point?.described ?? null, nowMs });
  const planned = planOf(want, facts, run, nowMs);
  const plan: AwsRestorePlan = {
    version: 1,
    want,
    region,
    from,
    endpoint,
    account: facts.account,
    plannedAt: new Date(nowMs).toISOString(),
    describes: facts.instance?.instance ?? null,
    deeds: planned.deeds.map((deed) => ({ ...deed })),
    calls: callsOf(planned.deeds, hands),
  };
  return work({ run, planned, plan, facts, want, point, hands });
}

function titleOf(want: AwsWant, region: string): string {
  switch (want.kind) {
    case 'volume':
      return `Volume of ${want.snapshot} in ${want.zone}`;
    case 'disk':
      return `${want.snapshot} at ${want.device} of ${want.instance}`;
    case 'root':
      return `Root of ${want.instance} from ${want.snapshot}`;
    case 'launch':
      return `Instance like ${want.like ?? want.root ?? 'the described one'} in ${region}`;
    case 'clone':
      return `Clone of ${want.like ?? want.root ?? 'the described one'} in ${region}`;
  }
}

const mapPrefix = 'aws.region-map.';

/** Null within one region, and where nobody has saved one. */
export async function regionMap(context: CallContext, from: string, to: string): Promise<AwsRegionMap | null> {
  if (from === to) return null;
  return (await regionMaps(context)).find((one) => one.from === from && one.to === to) ?? null;
}

async function regionMaps(context: CallContext): Promise<AwsRegionMap[]> {
  if (!(await isConfigured(context))) return [];
  const settings = await context.catalog.read('settings.list', context.caller, null);
  return settings.flatMap(({ key, value }) => {
    if (!key.startsWith(mapPrefix) || typeof value !== 'string') return [];
    const [from, to] = key.slice(mapPrefix.length).split('.');
    const parsed = awsRegionMapSchema.safeParse({ ...orNothing(value), from, to });
    return parsed.success ? [parsed.data] : [];
  });
}

function orNothing(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
