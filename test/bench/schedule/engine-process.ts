/** An engine that stays, as a process that tells what it takes: `engine-process.ts <home> <time of its clock>`. */
import { serveEngine } from '../../../electron/engine/engine.ts';
import { caller, passphrase, version } from './sizes.ts';
import { usageNow, type Usage } from './usage.ts';

export type Ask =
  | { readonly type: 'usage' }
  | { readonly type: 'advance'; readonly ms: number }
  | { readonly type: 'end' };

const [, , home = '', time = ''] = process.argv;
let aheadMs = Number(time) - Date.now();
const engine = await serveEngine({
  home,
  caller,
  version,
  onNotice: (text) => console.error(text),
  secrets: { passphrase },
  takenAtMs: () => Date.now() + aheadMs,
});

process.on('message', (ask: Ask) => {
  switch (ask.type) {
    case 'usage':
      return tell(usageNow());
    case 'advance':
      aheadMs += ask.ms;
      engine.resumed();
      return tell(null);
    case 'end':
      void engine.close().then(() => process.disconnect());
  }
});
// Where the measurement has failed, nothing is left behind.
process.once('disconnect', () => process.exit());
tell(null);

function tell(answer: Usage | null): void {
  process.send?.(answer);
}
