/** The steps by which protection moves, on each screen that is a part of the way. Pure. */
import type { Step } from './step-rail.tsx';

const moveSteps = ['Where', 'Look', 'Run', 'Report'] as const;
export type MoveStep = (typeof moveSteps)[number];

const labels: Readonly<Record<MoveStep, string>> = {
  Where: 'Where to',
  Look: 'What is lost, and confirm',
  Run: 'Run',
  Report: 'Report',
};

export function moveRail(current: MoveStep, failed = false): readonly Step<MoveStep>[] {
  const at = moveSteps.indexOf(current);
  return moveSteps.map((id, index) => ({
    id,
    label: labels[id],
    state: index < at ? 'done' : index > at ? 'todo' : failed ? 'failed' : 'active',
  }));
}
