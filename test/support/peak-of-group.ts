/** Peak memory of programs that still run, as Linux counts it. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** Bytes at most held so far by the largest process of a group; 0 when none is left. */
export function peakOfGroup(group: number): number {
  const peaks = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => peakOf(pid, group));
  return Math.max(0, ...peaks);
}

/** From here on, until what is returned is called: the bytes this process held at most beyond what it holds now. */
export function watchMemory(): () => number {
  const before = process.memoryUsage.rss();
  try {
    // The peak begins anew (https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html).
    writeFileSync('/proc/self/clear_refs', '5');
    return () => peakIn('self') - before;
  } catch {
    // Elsewhere there is only the peak of all its life, which is no less.
    return () => process.resourceUsage().maxRSS * 1024;
  }
}

function peakOf(pid: string, group: number): number {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1);
    if (Number(afterName?.split(' ')[2]) !== group) return 0;
    return peakIn(pid);
  } catch {
    return 0; // It ended in between.
  }
}

function peakIn(pid: string): number {
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
  return Number(line?.[1] ?? 0) * 1024;
}
