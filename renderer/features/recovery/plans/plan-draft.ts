/** A plan while it is written: new steps of each kind, and what changes when one is renamed or goes. Pure. */
import type { PlanStep, RecoveryPlan, StepKind, StepWork } from '../../../../shared/model/recovery-plans.ts';

export const emptyPlan: RecoveryPlan = { name: '', description: '', targetRtoMs: null, parameters: [], steps: [] };

const inAws = { account: null, region: null, endpoint: null };

export function newWork(kind: StepKind, source: string): StepWork {
  const of = { source, point: { kind: 'latest' } } as const;
  switch (kind) {
    case 'folder':
      return { ...of, kind, path: '/', target: '', overwrite: 'never', verify: true };
    case 'git':
      return { ...of, kind, repositories: null, target: { kind: 'bare', path: '' }, overwrite: false };
    case 'bucket':
      return { ...of, ...inAws, kind, from: '', bucket: '', prefix: '', overwrite: 'never' };
    case 'volume':
      return { ...of, ...inAws, kind, volume: '', zone: '' };
    case 'instance':
      return { ...of, ...inAws, kind, instance: '', how: 'launch', stopOld: false };
    case 'command':
      return { kind, run: { kind: 'shell', script: '' } };
    case 'health':
      return { kind, check: { kind: 'http', url: '', status: 200, contains: null }, everyMs: 5_000 };
    case 'checkpoint':
      return { kind, instruction: '' };
    case 'message':
      return { kind, text: '' };
  }
}

/** Behind the last one. */
export function withStep(plan: RecoveryPlan, kind: StepKind, source: string): RecoveryPlan {
  const last = plan.steps.at(-1);
  const step: PlanStep = {
    id: freeId(plan, kind),
    title: '',
    after: last === undefined ? [] : [last.id],
    timeLimitMs: kind === 'health' ? 600_000 : null,
    inDrills: false,
    work: newWork(kind, source),
  };
  return { ...plan, steps: [...plan.steps, step] };
}

function freeId({ steps }: RecoveryPlan, base: string): string {
  for (let count = 1; ; count += 1) {
    const id = count === 1 ? base : `${base}-${count}`;
    if (!steps.some((step) => step.id === id)) return id;
  }
}

export function changeStep(plan: RecoveryPlan, id: string, change: Partial<PlanStep>): RecoveryPlan {
  return { ...plan, steps: plan.steps.map((step) => (step.id === id ? { ...step, ...change } : step)) };
}

/** What waited for it waits for what it waited for. */
export function withoutStep(plan: RecoveryPlan, id: string): RecoveryPlan {
  const gone = plan.steps.find((step) => step.id === id)?.after ?? [];
  return {
    ...plan,
    steps: plan.steps
      .filter((step) => step.id !== id)
      .map((step) =>
        step.after.includes(id)
          ? { ...step, after: [...new Set([...step.after.filter((one) => one !== id), ...gone])] }
          : step,
      ),
  };
}

/** What a form leaves empty and the engine would refuse; by the id of the step. */
export function emptyTexts({
  id,
  title,
  work,
}: PlanStep): readonly { readonly step: string; readonly problem: string }[] {
  const missing: string[] = [];
  const need = (text: string | null, what: string): void => void (text === '' ? missing.push(`Say ${what}.`) : null);
  need(title.trim(), 'what the step is called');
  if ('source' in work) need(work.source, 'of which source');
  if (work.kind === 'folder') need(work.target, 'the folder to restore into');
  if (work.kind === 'git') need(targetText(work.target), 'where the repositories go');
  if (work.kind === 'bucket') need(work.bucket, 'which bucket');
  if (work.kind === 'volume') {
    need(work.volume, 'which volume');
    need(work.zone, 'which availability zone');
  }
  if (work.kind === 'instance') need(work.instance, 'which instance');
  if (work.kind === 'health') need(work.check.kind === 'http' ? work.check.url : work.check.host, 'what is asked');
  if (work.kind === 'checkpoint') need(work.instruction, 'what somebody has to look at');
  if (work.kind === 'message') need(work.text, 'what is told');
  return missing.map((problem) => ({ step: id, problem }));
}

type GitTarget = Extract<StepWork, { kind: 'git' }>['target'];

function targetText(target: GitTarget): string {
  return target.kind === 'url' ? target.url : target.kind === 'github' ? target.owner : target.path;
}
