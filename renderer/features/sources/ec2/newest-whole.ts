/** Which native snapshots an image is made of now: those of the newest run that AWS has completed all of. Pure. */
import type { NativeView } from '../../../../shared/contract/native.ts';

export type NewestWhole = { readonly region: string; readonly takenAt: string; readonly snapshots: readonly string[] };

export function newestWhole(natives: readonly NativeView[]): NewestWhole | null {
  const runs = new Map<string, NativeView[]>();
  for (const native of natives) {
    if (!native.own || native.copyOf !== null || native.run === null) continue;
    runs.set(native.run, [...(runs.get(native.run) ?? []), native]);
  }
  const whole = [...runs.values()].filter((all) =>
    all.every(({ state, archived }) => state === 'completed' && !archived),
  );
  const [newest] = whole.toSorted((a, b) => Date.parse(b[0]?.takenAt ?? '') - Date.parse(a[0]?.takenAt ?? ''));
  const [first] = newest ?? [];
  if (newest === undefined || first === undefined) return null;
  return { region: first.region, takenAt: first.takenAt, snapshots: newest.map(({ snapshot }) => snapshot) };
}
