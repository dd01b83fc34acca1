import type { Gap } from '../../../../shared/contract/gaps.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { handlers, type CallContext } from '../context.ts';
import { isConfigured } from '../is-configured.ts';
import { lookOutside } from '../reports/gap-facts.ts';
import { sourceScene } from '../reports/report-sources.ts';
import type { Unguarded } from '../../../../shared/model/reports/gaps.ts';
import type { ReportSource } from '../../../../shared/model/reports/source-facts.ts';
import { outsideGap, placeGap } from './gap-ids.ts';
import { lookAtMachine, type MachineLook } from './machine.ts';

export const gapsHandlers = {
  list: handlers.gaps.list.handler(async ({ input, context, signal }) => {
    const { states, sources } = await sourceScene(context, { kind: 'all' });
    const registered = states.flatMap(({ registered: own }) => (own === null ? [] : [own]));
    const machine = await lookAtMachine(context, signal);
    const outside = input.outside ? await lookOutside(context, registered) : notAsked;
    const dismissals = new Map(
      (await context.catalog.read('gapDismissals.list', context.caller, null)).map((one) => [one.gap, one]),
    );
    const all = [...sources.flatMap(ofSource), ...machine.places.map(ofPlace), ...outside.unguarded.map(ofOutside)];
    const gaps = all.map((gap): Gap => {
      const said = dismissals.get(gap.id);
      if (said === undefined) return gap;
      return { ...gap, dismissed: { by: said.author, at: new Date(said.atMs).toISOString(), reason: said.reason } };
    });
    return {
      gaps: gaps.toSorted((a, b) => Number(a.dismissed !== null) - Number(b.dismissed !== null)),
      lookedAt: [...machine.lookedAt, ...outside.lookedAt],
      notLooked: [...machine.notLooked, ...outside.notLooked],
    };
  }),

  dismiss: handlers.gaps.dismiss.handler(async ({ input, context }) => {
    await mustBeConfigured(context);
    const { gap, reason } = input;
    await context.catalog.write('gapDismissals.put', context.caller, { gap, reason, atMs: context.nowMs() });
    return {};
  }),

  restore: handlers.gaps.restore.handler(async ({ input, context }) => {
    await context.catalog.write('gapDismissals.remove', context.caller, { gap: input.gap });
    return {};
  }),
};

const notAsked = {
  unguarded: [],
  lookedAt: [],
  notLooked: ['AWS and GitHub were not asked.'],
};

async function mustBeConfigured(context: CallContext): Promise<void> {
  if (await isConfigured(context)) return;
  throw new HoldfastError('BAD_USAGE', 'Nothing is set up here yet.');
}

const plain = { where: null, hint: null, files: null, bytes: null, more: false, inside: [], dismissed: null };

function ofSource({ name, profile, newestGoodAtMs }: ReportSource): Gap[] {
  const own = { ...plain, kind: 'source' as const, name, source: name };
  if (profile === null)
    return [{ ...own, id: `source:${name}`, title: 'A source without a profile: it is not protected by itself' }];
  if (newestGoodAtMs === null) return [{ ...own, id: `source:${name}`, title: 'A source without a good snapshot' }];
  return [];
}

function ofPlace({ kind, path, title, hint, files, bytes, more, inside }: MachineLook['places'][number]): Gap {
  return {
    ...plain,
    id: placeGap({ kind, path }),
    kind,
    name: path,
    title,
    hint,
    files,
    bytes,
    more,
    inside: [...inside],
    source: null,
  };
}

const titles = { instance: 'An instance', volume: 'A volume', bucket: 'A bucket', 'git repository': 'A repository' };

function ofOutside(one: Unguarded): Gap {
  const { kind, name, where, bytes } = one;
  const title = kind in titles ? titles[kind as keyof typeof titles] : kind;
  return { ...plain, id: outsideGap(one), kind, name, where, bytes, title, source: null };
}
