/** A plan that is rehearsed: each step is turned away from production, or is not done. Pure. */
import type { PlanStep, StepWork } from './recovery-plans.ts';

/** Where a rehearsal may put things; what it has no place for is not done. */
export type PlanIsolation = {
  /** Absolute path of a folder that is made for it alone. */
  readonly folder: string;
  readonly bucket: {
    readonly bucket: string;
    readonly prefix: string;
    readonly account: string | null;
    readonly region: string | null;
    readonly endpoint: string | null;
  } | null;
  /** Whether instances may be launched as isolated clones that expire, and volumes made beside them. */
  readonly aws: boolean;
  /** As whom; null: as the source is. */
  readonly account?: string | null | undefined;
  /** Which drill notes what is made in AWS, so that it is taken away. */
  readonly drill?: string | undefined;
  /** Whether somebody is there to confirm what a checkpoint asks. */
  readonly guided: boolean;
};

/** `reason`: why the step is passed over. */
export type IsolatedStep =
  | { readonly kind: 'isolated'; readonly work: StepWork }
  | { readonly kind: 'left'; readonly reason: string };

/** A step whose texts are filled already. */
export function isolateStep({ id, inDrills, work }: PlanStep, isolation: PlanIsolation): IsolatedStep {
  const folder = `${isolation.folder}/${id}`;
  switch (work.kind) {
    case 'folder':
      return isolated({ ...work, target: folder, overwrite: 'never' });
    case 'git':
      return isolated({ ...work, target: { kind: 'bare', path: folder }, overwrite: false });
    case 'bucket': {
      if (isolation.bucket === null) return left('This rehearsal has no bucket to put things into.');
      const { prefix, ...place } = isolation.bucket;
      return isolated({ ...work, ...place, prefix: `${prefix}${id}/`, overwrite: 'never' });
    }
    case 'volume':
      return isolation.aws
        ? isolated({ ...work, ...accountOf(isolation) })
        : left('This rehearsal makes nothing in AWS.');
    case 'instance':
      if (!isolation.aws) return left('This rehearsal makes nothing in AWS.');
      return isolated({ ...work, ...accountOf(isolation), how: 'clone', stopOld: false });
    case 'command':
    case 'health':
    case 'message':
      return inDrills ? isolated(work) : left('It is not marked as allowed in drills.');
    case 'checkpoint':
      return isolation.guided ? isolated(work) : left('Nobody is there to confirm it.');
  }
}

/** Where an account was chosen for drills, it is asked as that; where, stays. */
function accountOf({ account = null }: PlanIsolation): { readonly account?: string } {
  return account === null ? {} : { account };
}

function isolated(work: StepWork): IsolatedStep {
  return { kind: 'isolated', work };
}

function left(reason: string): IsolatedStep {
  return { kind: 'left', reason };
}
