/** Looks whether the clock of this machine can be believed, and remembers what it saw for the next look. */
import { readFile } from 'node:fs/promises';
import { uptime } from 'node:os';
import { z } from 'zod';
import {
  afterLook,
  confirmClock,
  firstClockMark,
  type ClockMark,
  type ClockReading,
} from '../../../shared/model/clock-guard.ts';
import { formatDuration } from '../../../shared/model/units.ts';
import type { CallContext } from './context.ts';

const clockMarkName = 'clock';
const markSchema = z.object({
  last: z.object({ wallMs: z.number(), uptimeMs: z.number(), boot: z.string().nullable() }),
  trustedOffsetMs: z.number(),
  trustedMs: z.number(),
  jumpedByMs: z.number().nullable(),
});

/** Why it cannot, in words; null: it can. */
export async function clockProblem({
  catalog,
  caller,
}: Pick<CallContext, 'catalog' | 'caller'>): Promise<string | null> {
  const [stored, now] = await Promise.all([catalog.read('marks.get', caller, { name: clockMarkName }), readClock()]);
  const before = stored === null ? null : readMark(stored);
  const mark = before === null ? firstClockMark(now) : afterLook(before, now);
  await catalog.write('marks.set', caller, { name: clockMarkName, value: JSON.stringify(mark) });
  const { jumpedByMs } = mark;
  if (jumpedByMs === null) return null;
  const direction = jumpedByMs > 0 ? 'ahead' : 'back';
  return `The clock of this machine has jumped ${direction} by ${formatDuration(Math.abs(jumpedByMs))}; nothing expires until it is right again, or confirmed with \`holdfast clock confirm\`.`;
}

/** Null where it is damaged: then looks begin anew, as on a machine that has never looked. */
function readMark(text: string): ClockMark | null {
  try {
    return markSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** An operator says that the clock is right as it is now. */
export async function confirmTheClock({ catalog, caller }: Pick<CallContext, 'catalog' | 'caller'>): Promise<void> {
  const mark = confirmClock(await readClock());
  await catalog.write('marks.set', caller, { name: clockMarkName, value: JSON.stringify(mark) });
}

/** Both clocks as they are now. */
async function readClock(): Promise<ClockReading> {
  // Linux alone says which start of the machine this is.
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => null);
  return { wallMs: Date.now(), uptimeMs: Math.round(uptime() * 1000), boot: boot?.trim() ?? null };
}
