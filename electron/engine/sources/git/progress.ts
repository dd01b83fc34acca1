/** How far Git is, by what it says meanwhile: `Receiving objects:  45% (450/1000), 1.20 MiB | 300.00 KiB/s`. */

export type MirrorProgress = { readonly phase: string; readonly percent: number | null; readonly bytes: number | null };

const phases: Readonly<Record<string, string>> = {
  'Enumerating objects': 'Waiting for the server',
  'Counting objects': 'Waiting for the server',
  'Compressing objects': 'Waiting for the server',
  'Receiving objects': 'Receiving',
  'Downloading LFS objects': 'Receiving large files',
  'Unpacking objects': 'Receiving',
  'Resolving deltas': 'Indexing',
  'Checking objects': 'Checking',
  'Checking connectivity': 'Checking',
  'Checking object directories': 'Checking',
};
/** Git counts in powers of 1024, git-lfs in those of 1000. */
const units: Readonly<Record<string, number>> = {
  bytes: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
};
const line =
  /([A-Z][a-z]+ (?:objects|LFS objects|deltas|connectivity|object directories)): +(\d+)(?:%|,)?(?: \(\d+\/\d+\))?(?:, ([\d.]+) (bytes|[KMG]iB|[KMGT]?B))?/;
const longestRest = 1_000;

/** Takes the words as they come, and tells each phase and each percent once. */
export function progressReader(onProgress: ((progress: MirrorProgress) => void) | undefined): (words: string) => void {
  let rest = '';
  let last = '';
  return (words) => {
    if (onProgress === undefined) return;
    const lines = (rest + words).split(/[\r\n]/);
    rest = (lines.pop() ?? '').slice(-longestRest);
    for (const said of lines) {
      const progress = progressOf(said);
      const key = JSON.stringify(progress);
      if (progress === null || key === last) continue;
      last = key;
      onProgress(progress);
    }
  };
}

function progressOf(said: string): MirrorProgress | null {
  const [, what = '', amount = '', size, unit = ''] = line.exec(said) ?? [];
  const phase = phases[what];
  if (phase === undefined) return null;
  const percent = said.includes('%') ? Math.min(100, Number(amount)) : null;
  return { phase, percent, bytes: size === undefined ? null : Math.round(Number(size) * (units[unit] ?? 1)) };
}
