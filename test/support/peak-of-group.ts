/** Peak memory of programs that still run, as Linux counts it. */
import { readdirSync, readFileSync } from 'node:fs';

/** Bytes at most held so far by the largest process of a group; 0 when none is left. */
export function peakOfGroup(group: number): number {
  const peaks = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => peakOf(pid, group));
  return Math.max(0, ...peaks);
}

function peakOf(pid: string, group: number): number {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1);
    if (Number(afterName?.split(' ')[2]) !== group) return 0;
    const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    return Number(line?.[1] ?? 0) * 1024;
  } catch {
    return 0; // It ended in between.
  }
}
