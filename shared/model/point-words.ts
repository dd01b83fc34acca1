/** A recovery point at a glance: what decides whether it is the one to restore from, in words. Pure. */
import { formatCount } from './units.ts';

export type PointTone = 'good' | 'part' | 'miss' | 'plain';
export type PointNote = {
  readonly tone: PointTone;
  readonly words: string;
  /** For a title, and for who asks. */ readonly detail: string;
};

type Place = {
  readonly kind: 'primary' | 'site' | 'connection' | 'region';
  readonly name: string;
  readonly state: 'open' | 'locked' | 'unreachable' | 'unconnected';
  readonly damagedFiles: number;
  readonly readPercent: number | null;
  readonly readDays: number;
};

export type PointFacts = {
  readonly status: string;
  readonly consistency: 'application' | 'crash' | null;
  readonly consistencyProblem: string | null;
  readonly hold: { readonly reason: string; readonly author: string } | null;
  readonly suspect: string | null;
  readonly verified: { readonly at: string; readonly how: 'drill' | 'restore' } | null;
  readonly places: readonly Place[];
};

/** What is worth a word, the worst first; the state of the snapshot itself is always among them. */
export function pointNotes(point: PointFacts): readonly PointNote[] {
  const notes = [
    ...warnings(point),
    statusNote(point.status),
    consistencyNote(point),
    verifiedNote(point),
    placesNote(point),
  ];
  const order: readonly PointTone[] = ['miss', 'part', 'good', 'plain'];
  return notes.filter((note) => note !== null).toSorted((a, b) => order.indexOf(a.tone) - order.indexOf(b.tone));
}

/** One line. */
export function pointGlance(point: PointFacts): string {
  return pointNotes(point)
    .map(({ words }) => words)
    .join('; ');
}

function warnings({ suspect, hold, places }: PointFacts): PointNote[] {
  const damaged = places.filter(({ damagedFiles }) => damagedFiles > 0);
  const files = damaged.reduce((sum, { damagedFiles }) => sum + damagedFiles, 0);
  const where = damaged.map(({ name }) => name).join(', ');
  const sound = places.some(({ damagedFiles, kind }) => damagedFiles === 0 && kind !== 'region');
  return [
    ...(suspect === null ? [] : [{ tone: 'miss' as const, words: 'suspect', detail: suspect }]),
    ...(places.length === 0
      ? [
          {
            tone: 'miss' as const,
            words: 'in no known place',
            detail: 'No repository that this console knows holds it.',
          },
        ]
      : []),
    ...(files === 0
      ? []
      : [
          {
            tone: sound ? ('part' as const) : ('miss' as const),
            words: `damage known at ${where}`,
            detail: `${formatCount(files)} stored ${files === 1 ? 'file is' : 'files are'} damaged there. Whether this point needs ${files === 1 ? 'it' : 'them'}, and whether another copy is whole, a closer look says.`,
          },
        ]),
    ...(hold === null ? [] : [{ tone: 'plain' as const, words: 'held', detail: `${hold.reason} (${hold.author})` }]),
  ];
}

function statusNote(status: string): PointNote {
  switch (status) {
    case 'complete':
      return { tone: 'good', words: 'complete', detail: 'Everything was read when it was taken.' };
    case 'completeWithExceptions':
      return {
        tone: 'good',
        words: 'complete with exceptions',
        detail: 'Only what somebody has accepted to be missing is missing.',
      };
    case 'partial':
      return {
        tone: 'part',
        words: 'partial',
        detail: 'Something could not be read when it was taken, and is not in it.',
      };
    case 'pending':
      return { tone: 'part', words: 'not completed yet', detail: 'Its native snapshots are still being made.' };
    default:
      return { tone: 'plain', words: 'state unknown', detail: 'The program that took it does not say.' };
  }
}

function consistencyNote({ consistency, consistencyProblem }: PointFacts): PointNote | null {
  if (consistencyProblem !== null) return { tone: 'part', words: 'consistency in doubt', detail: consistencyProblem };
  if (consistency === 'application')
    return { tone: 'good', words: 'application-consistent', detail: 'Its programs were made to hold still.' };
  if (consistency === 'crash')
    return { tone: 'plain', words: 'crash-consistent', detail: 'As after a sudden loss of power.' };
  return null;
}

/** A restore that was verified says more than reading what is stored. */
function verifiedNote({ verified, places }: PointFacts): PointNote {
  if (verified !== null) {
    const how = verified.how === 'drill' ? 'A drill' : 'A restore';
    const detail = `${how} has brought it back, or a part of it, and found it as stored.`;
    return { tone: 'good', words: `verified ${verified.at.slice(0, 10)}`, detail };
  }
  const [read] = places
    .filter(({ readPercent }) => readPercent !== null)
    .toSorted((a, b) => (b.readPercent ?? 0) - (a.readPercent ?? 0));
  if (read === undefined || (read.readPercent ?? 0) === 0)
    return { tone: 'plain', words: 'never verified', detail: 'Nobody has brought it back or read it through yet.' };
  return {
    tone: 'plain',
    words: `${read.readPercent} % read`,
    detail: `Of all that ${read.name} stores, ${read.readPercent} % was read and found good in the last ${read.readDays} days. Nobody has brought this point back yet.`,
  };
}

function placesNote({ places }: PointFacts): PointNote | null {
  if (places.length === 0) return null;
  const there = places.filter(({ state }) => state === 'open' || state === 'locked');
  const detail = places
    .map(({ name, state }) => (state === 'open' ? name : `${name} (${stateWords[state]})`))
    .join(', ');
  const words = places.length === 1 ? '1 place' : `${formatCount(places.length)} places`;
  // Nobody has asked them.
  if (places.every(({ state }) => state === 'unconnected'))
    return { tone: 'plain', words: `${words}, not connected here`, detail };
  if (there.length === 0) return { tone: 'miss', words: `${words}, none answers`, detail };
  return { tone: 'plain', words, detail };
}

const stateWords: Readonly<Record<Place['state'], string>> = {
  open: 'answers',
  locked: 'locked',
  unreachable: 'does not answer',
  unconnected: 'not connected here',
};

type Examined = {
  readonly name: string;
  readonly neededBytes: number;
  readonly damagedBytes: number;
  readonly damagedPacks: number;
  readonly missingPieces: number;
  readonly unreadableFolders: number;
  readonly readBytes: number;
  readonly readDays: number;
  readonly whole: boolean;
  readonly problem: string | null;
};

/** What a closer look at a copy has found, in a sentence or two. */
export function examinedNote(copy: Examined): PointNote {
  const { name, problem, whole, neededBytes, readBytes, readDays, damagedBytes, damagedPacks } = copy;
  if (problem !== null) return { tone: 'plain', words: 'not looked at', detail: `${name}: ${problem}` };
  const read = `${shareOf(readBytes, neededBytes)} of what it needs was read and found good in the last ${readDays} days.`;
  if (whole) return { tone: 'good', words: 'nothing known to be damaged', detail: read };
  const missing = copy.missingPieces + copy.unreadableFolders;
  const lost = [
    ...(damagedPacks === 0
      ? []
      : [
          `${shareOf(damagedBytes, neededBytes)} of what it needs lies in ${formatCount(damagedPacks)} damaged stored ${damagedPacks === 1 ? 'file' : 'files'}`,
        ]),
    ...(missing === 0 ? [] : [`${formatCount(missing)} ${missing === 1 ? 'piece is' : 'pieces are'} missing`]),
  ];
  return { tone: 'miss', words: 'damaged', detail: `${lost.join('; ')}. ${read}` };
}

/** Whole percents: nothing that is there is 0 %, and nothing that is not all is 100 %. */
function shareOf(part: number, whole: number): string {
  if (whole === 0 || part >= whole) return '100 %';
  if (part === 0) return '0 %';
  return `${Math.min(99, Math.max(1, Math.round((100 * part) / whole)))} %`;
}
