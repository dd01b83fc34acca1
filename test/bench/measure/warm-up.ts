import { mkdir, rm, writeFile } from 'node:fs/promises';
import type { Versions } from '../machine.ts';
import { mustRunChild } from './child.ts';
import type { Place } from './places.ts';
import { makeTools } from './tools.ts';

/** Every command once on a tiny folder: programs come into memory, and a tool that does not work is found out early. */
export async function warmUp(place: Place, versions: Versions, signal: AbortSignal): Promise<void> {
  const data = place.path('tiny');
  const target = place.path('tiny-restored');
  await mkdir(data);
  await writeFile(place.path('tiny', 'file'), 'one line\n');
  for (const tool of makeTools(place, versions)) {
    await tool.start();
    for (const command of [tool.init(), tool.snapshot(data), tool.snapshot(data), tool.check(), tool.restore(target)]) {
      await mustRunChild(command, signal);
    }
    await rm(target, { recursive: true });
    await tool.end();
  }
  await rm(data, { recursive: true });
}
