/**
 * Whether a run looks as if something had happened to its source: most of it changed, replaced or gone at once, as by
 * ransomware or a mistaken clean-up. A pure function of the figures of runs; a guess that raises an alert and holds
 * older snapshots, and never one that stops or removes anything.
 */

export type RunFigures = {
  readonly files: { readonly new: number; readonly changed: number; readonly unmodified: number };
  /** Of new data, before and after compression; and of all there is. */
  readonly bytes: { readonly added: number; readonly stored: number; readonly total: number };
};

export type Suspicion = {
  /** Share of the files of the run before that were changed or are gone from their place, 0 to 1. */
  readonly share: number;
  readonly files: number;
  /** The largest share of the runs it was compared with. */
  readonly usualShare: number;
  /** New data cannot be compressed although it could be before: what encryption looks like. */
  readonly incompressible: boolean;
};

/** Fewer say nothing about what is usual. */
const leastRuns = 5;
/** In a small folder a large share is a busy afternoon. */
const leastFiles = 50;
const leastShare = 0.25;
const timesUsual = 3;
/** Sealed and compressed data differ by less than this from what was read. */
const incompressibleRatio = 0.97;
const compressibleRatio = 0.9;
/** Of all bytes: less new data is not what changed files would bring. */
const leastRewritten = 0.02;
/** Less new data says nothing about whether it can be compressed. */
const leastBytes = 1024 * 1024;

/** `earlier` are complete runs of the same source, newest first; null: nothing unusual, or too little is known. */
export function suspicionOf(run: RunFigures, earlier: readonly RunFigures[]): Suspicion | null {
  const [before] = earlier;
  if (before === undefined || earlier.length < leastRuns) return null;
  const files = touched(run, before);
  const share = shareOf(files, before);
  const usual = earlier.slice(0, -1).map((one, index) => {
    const previous = earlier[index + 1] ?? one;
    return shareOf(touched(one, previous), previous);
  });
  const usualShare = Math.max(0, ...usual);
  if (files < leastFiles || share < leastShare || share < usualShare * timesUsual) return null;
  return { share, files, usualShare, incompressible: isIncompressible(run, earlier) };
}

/** How unusual in words that say what is known, and what is a guess. */
export function suspicionWords({ share, usualShare, incompressible }: Suspicion): string {
  const what = `${Math.floor(share * 100)} % of the files were changed, replaced or removed since the run before. Before, it was never more than ${Math.ceil(usualShare * 100)} %.`;
  return incompressible ? `${what} New data cannot be compressed, as encrypted data cannot.` : what;
}

/**
 * Files of the run before that are not what and where they were. A rename takes one away and brings a new one. Files that
 * count as changed and brought hardly any data have other owners, modes or times only.
 */
function touched({ files, bytes }: RunFigures, before: RunFigures): number {
  const isRewritten = bytes.added >= bytes.total * leastRewritten;
  const kept = files.unmodified + files.changed;
  const gone = Math.max(0, total(before) - kept);
  return gone + (isRewritten ? Math.min(files.changed, total(before)) : 0);
}

function shareOf(files: number, before: RunFigures): number {
  return total(before) === 0 ? 0 : Math.min(1, files / total(before));
}

function total({ files }: RunFigures): number {
  return files.new + files.changed + files.unmodified;
}

function isIncompressible(run: RunFigures, earlier: readonly RunFigures[]): boolean {
  if (run.bytes.added < leastBytes || ratioOf([run]) < incompressibleRatio) return false;
  return ratioOf(earlier) < compressibleRatio;
}

function ratioOf(runs: readonly RunFigures[]): number {
  const added = runs.reduce((sum, { bytes }) => sum + bytes.added, 0);
  const stored = runs.reduce((sum, { bytes }) => sum + bytes.stored, 0);
  return added === 0 ? 0 : stored / added;
}
