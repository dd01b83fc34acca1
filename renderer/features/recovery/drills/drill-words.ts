/** Words for drills. Pure. */
import type { Drill, DrillCheck, DrilledSource } from '../../../../shared/contract/drills.ts';
import { missesRto, type DrillState } from '../../../../shared/model/drills.ts';
import { formatBytes, formatCount, formatDuration } from '../../../../shared/model/units.ts';
import type { Said, Tone } from '../../../components/tone.ts';

const states: Readonly<Record<DrillState, Said>> = {
  running: { tone: 'run', words: 'under way' },
  passed: { tone: 'good', words: 'passed' },
  partial: { tone: 'part', words: 'in part' },
  failed: { tone: 'fail', words: 'failed' },
  interrupted: { tone: 'miss', words: 'interrupted' },
};

export function sayDrillState(state: DrillState): Said {
  return states[state];
}

export const checkTones: Readonly<Record<DrillCheck['result'], { readonly tone: Tone; readonly label: string }>> = {
  good: { tone: 'good', label: 'good' },
  bad: { tone: 'fail', label: 'bad' },
  left: { tone: 'none', label: 'not checked' },
};

export const placeWords: Readonly<Record<Drill['place'], string>> = {
  folder: 'a folder of its own',
  bucket: 'a prefix of its own in the scratch bucket',
  instance: 'an instance with no way in or out',
};

/** How it was chosen what a drill brings back, and what that means. */
export function sayWay({ how, isWhole }: Pick<Drill, 'how' | 'isWhole'>): { words: string; meaning: string } {
  if (how === 'guided') return { words: 'guided', meaning: 'Somebody went through the screens of a restore.' };
  if (how === 'plan') return { words: 'a plan', meaning: 'A recovery plan was run, away from all that is in use.' };
  if (how === 'whole' || isWhole) return { words: 'all of it', meaning: 'Everything in the snapshot.' };
  return {
    words: 'a sample',
    meaning: 'A part of the source: what has not had its turn yet. The next drill takes the part after it.',
  };
}

export function amountWords({ items, bytes, wholeItems, wholeBytes, isWhole }: Drill): string {
  if (items === 0) return 'nothing';
  const what = `${formatCount(items)} ${items === 1 ? 'thing' : 'things'}, ${formatBytes(bytes)}`;
  if (isWhole) return `all of it: ${what}`;
  return wholeItems === 0 ? what : `${what}, of ${formatCount(wholeItems)}, ${formatBytes(wholeBytes)}`;
}

/** What a figure is worth, in a cell. */
export function rtoCell(rto: Drill['rto']): string {
  if (rto === null) return 'unknown';
  return rto.basis === 'measured' ? formatDuration(rto.ms) : `about ${formatDuration(rto.ms)}`;
}

export function rtoTone(rto: Drill['rto'], targetMs: number | null): Tone {
  const isOver = missesRto(rto, targetMs);
  return isOver === null ? 'none' : isOver ? 'part' : 'good';
}

/** Whether a repair is what mends it. */
export function isDamaged({ state, checks, issues, error }: Drill): boolean {
  if (state !== 'failed') return false;
  if (error !== null) return damaged.has(error.code);
  return (
    checks.some(({ id, result }) => id === 'manifest' && result === 'bad') ||
    issues.some(({ code }) => damaged.has(code))
  );
}

const damaged: ReadonlySet<string> = new Set([
  'BLOB_MISSING',
  'BLOB_DAMAGED',
  'STORED_FILE_MISSING',
  'STORED_FILE_DAMAGED',
  'TREE_INVALID',
]);

/** One line over all of them. */
export function drillsSentence(sources: readonly DrilledSource[]): string {
  const never = sources.filter(({ last }) => last === null).length;
  const failed = sources.filter(({ last }) => last?.state === 'failed').length;
  const over = sources.filter(({ rto, rule }) => missesRto(rto, rule?.rtoMs ?? null) === true).length;
  const parts = [
    ...(failed === 0 ? [] : [`${counted(failed)} could not be restored in the last drill`]),
    ...(over === 0 ? [] : [`${counted(over)} would take longer than allowed`]),
    ...(never === 0 ? [] : [`${counted(never)} ${never === 1 ? 'was' : 'were'} never drilled`]),
  ];
  if (sources.length === 0) return 'Nothing is protected yet.';
  if (parts.length > 0) return `${parts.join('; ')}.`;
  return 'No source failed in its last drill, and none takes longer than it may.';
}

function counted(count: number): string {
  return count === 1 ? '1 source' : `${formatCount(count)} sources`;
}
