/** The steps by which protection moves from one repository to another. Each is safe to begin again. */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { Move } from '../../../../shared/contract/failover.ts';
import type { MoveCheck } from '../../../../shared/model/failover.ts';
import { formatBytes, formatCount } from '../../../../shared/model/units.ts';
import type { CopyFigures } from '../../repository/copy/request.ts';

type Facts = Record<string, string | number | boolean | null | string[]>;

export type StepOutcome = { readonly state: 'done' | 'partial'; readonly detail: string; readonly result: Facts };

export type CopiedAcross = {
  readonly copied: number;
  readonly present: number;
  readonly failed: number;
  readonly figures: CopyFigures;
};

/** What the engine does for a move. */
export type MovePorts = {
  readonly check: () => Promise<readonly MoveCheck[]>;
  /** What the one that is moved to lacks, copied there; null where the other one does not answer. */
  readonly copyAcross: () => Promise<CopiedAcross | null>;
  /** Nothing begins by itself from here on. Ids of profiles that name the repository which is left. */
  readonly pause: () => Promise<readonly string[]>;
  /** Waits for what is being written into the one that is left. */
  readonly settle: () => Promise<void>;
  readonly switchTo: () => Promise<SwitchedTo>;
  readonly saveConfiguration: () => Promise<void>;
  /** Sources whose newest snapshot there can be opened, and those of which it cannot. */
  readonly look: () => Promise<{ readonly readable: number; readonly unreadable: readonly string[] }>;
  readonly resume: () => Promise<void>;
};

/** Whether the password of what is protected into outlives the engine. */
export type SwitchedTo = { readonly remembered: boolean };

export type MoveStep = {
  readonly step: string;
  readonly title: string;
  readonly detail: string | null;
  readonly undo: string | null;
  readonly noUndo: string | null;
};

export function moveSteps({ from, to, takesOver }: Move): MoveStep[] {
  const step = (id: string, title: string, undo: string | null, noUndo: string | null): MoveStep => ({
    step: id,
    title,
    detail: null,
    undo,
    noUndo,
  });
  if (takesOver !== undefined)
    return [
      step('check', `Look whether ${to.name} can be gone on with`, null, 'It only reads.'),
      step(
        'switch',
        `Take over the sources of ${takesOver}, and protect into ${to.name}`,
        null,
        `${takesOver} takes them back: holdfast recover --replace there.`,
      ),
      step('save', `Save the configuration in ${to.name}`, null, 'A copy of the configuration harms nobody.'),
      step('look', 'Open the newest snapshot of each source there', null, 'It only reads.'),
      step('report', 'Sum up', null, 'It only counts.'),
    ];
  const copies = 'Copies stay: they are snapshots like any other.';
  return [
    step('check', `Look whether ${to.name} can take over`, null, 'It only reads.'),
    step('ahead', `Copy what ${to.name} lacks, while protection goes on`, null, copies),
    step('pause', 'Begin no new run', 'Lets runs begin again.', null),
    step('settle', `Wait for what is being written into ${from.name}`, null, 'It only waits.'),
    step('rest', `Copy what has come since to ${to.name}`, null, copies),
    step('switch', `Protect into ${to.name}, and restore from there`, `Protects into ${from.name} again.`, null),
    step('save', `Save the configuration in ${to.name}`, null, 'A copy of the configuration harms nobody.'),
    step('look', 'Open the newest snapshot of each source there', null, 'It only reads.'),
    step('resume', 'Let runs begin again', null, 'Nothing is left to take back.'),
    step('report', 'Sum up', null, 'It only counts.'),
  ];
}

export async function moveOutcome(ports: MovePorts, move: Move, id: string): Promise<StepOutcome> {
  switch (id) {
    case 'check':
      return check(ports);
    case 'ahead':
    case 'rest':
      return copy(ports, move);
    case 'pause':
      return { state: 'done', detail: 'Nothing begins by itself.', result: { profiles: [...(await ports.pause())] } };
    case 'settle':
      await ports.settle();
      return { state: 'done', detail: `Nothing is being written into ${move.from.name}.`, result: {} };
    case 'switch': {
      const { remembered } = await ports.switchTo();
      const words = `${move.to.name} is protected into.`;
      const detail = remembered ? words : `${words} Its password is asked for after each start of the engine.`;
      return { state: remembered ? 'done' : 'partial', detail, result: { remembered } };
    }
    case 'save':
      await ports.saveConfiguration();
      return { state: 'done', detail: `${move.to.name} has it.`, result: {} };
    case 'look':
      return look(ports);
    case 'resume':
      await ports.resume();
      return { state: 'done', detail: 'What is due runs.', result: {} };
    case 'report':
      return report(move);
    default:
      throw new HoldfastError('INTERNAL', `The move has a step ${id} that this version does not know.`);
  }
}

async function check(ports: MovePorts): Promise<StepOutcome> {
  const checks = await ports.check();
  const blocker = checks.find(({ level }) => level === 'blocker');
  if (blocker !== undefined) throw new HoldfastError('PREFLIGHT_BLOCKED', `${blocker.title}. ${blocker.detail}`);
  const warnings = checks.filter(({ level }) => level === 'warning').length;
  const all = `${formatCount(checks.length)} checks`;
  const detail = warnings === 0 ? `${all}, all well` : `${all}, ${formatCount(warnings)} with a warning`;
  return { state: 'done', detail, result: { checks: checks.map(({ level, title }) => `${level}: ${title}`) } };
}

/** What cannot be copied does not keep anybody from moving: on the worst day the other repository is gone. */
async function copy(ports: MovePorts, { from, to }: Move): Promise<StepOutcome> {
  const done = await ports.copyAcross();
  if (done === null)
    return { state: 'partial', detail: `${from.name} does not answer; what only it holds stays there.`, result: {} };
  const { copied, present, failed, figures } = done;
  const result = { copied, present, failed, sentBytes: figures.sentBytes, sentNetBytes: figures.sentNetBytes };
  if (failed > 0) {
    const detail = `${snapshots(copied)} copied; ${snapshots(failed)} could not be, which stay in ${from.name}`;
    return { state: 'partial', detail, result };
  }
  const words = copied === 0 ? `${to.name} has everything.` : `${snapshots(copied)}, ${formatBytes(figures.sentBytes)}`;
  return { state: 'done', detail: words, result };
}

async function look(ports: MovePorts): Promise<StepOutcome> {
  const { readable, unreadable } = await ports.look();
  const result = { readable, unreadable: [...unreadable] };
  if (unreadable.length === 0)
    return { state: 'done', detail: `The newest of ${formatCount(readable)} sources can be opened.`, result };
  const detail = `${formatCount(unreadable.length)} cannot be opened: ${unreadable.slice(0, 5).join(', ')}`;
  return { state: 'partial', detail, result };
}

function report({ from, to, losses }: Move): StepOutcome {
  const missing = losses.reduce((sum, loss) => sum + loss.missing, 0);
  const detail = `Protection goes into ${to.name}. When planned, ${from.name} had ${snapshots(missing)} that ${to.name} lacked.`;
  return { state: 'done', detail, result: { missing } };
}

function snapshots(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'snapshot' : 'snapshots'}`;
}
