/** An engine that stays, on the home of a workspace, at an hour that a test names: what it does by itself with clones. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveEngine } from '../../electron/engine/engine.ts';
import type { Clone } from '../../shared/contract/clones.ts';
import type { Workspace } from './workspace.ts';

/** Until it has come to that with the clones; they are as they are then. */
export async function clonesOnce(
  workspace: Workspace,
  nowMs: number,
  isSo: (clones: readonly Clone[]) => boolean,
): Promise<readonly Clone[]> {
  let now = nowMs;
  const engine = await serveEngine({
    home: join(workspace.home, 'holdfast'),
    caller: { tenant: 'default', actor: 'test' },
    version: '0',
    onNotice: () => undefined,
    takenAtMs: () => now,
    conditions: { waitsFor: () => null, onBattery: () => false },
  });
  try {
    for (;;) {
      engine.resumed();
      const { clones } = await engine.client.clones.list({});
      if (isSo(clones)) return clones;
      await sleep(50);
      now += 30_000;
    }
  } finally {
    await engine.close();
  }
}
