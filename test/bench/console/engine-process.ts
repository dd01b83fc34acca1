/** The engine that is measured, in a process of its own: `engine-process.ts <home>`, asked by its parent. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { serveEngine } from '../../../electron/engine/engine.ts';
import { watchOwnWork, type OwnWork } from '../measure/own-work.ts';
import { version, type Answer, type Ask } from './engine.ts';
import { caller } from './sizes.ts';

const [, , home = ''] = process.argv;
const engine = await serveEngine({
  home,
  caller,
  version,
  onNotice: (text) => console.error(text),
  http: { host: '127.0.0.1', port: 0, tls: null },
});
const delay = monitorEventLoopDelay({ resolution: 5 });
let ownWork: OwnWork | null = null;

process.on('message', (ask: Ask) => {
  switch (ask) {
    case 'link':
      return tell({ link: engine.console?.newLink().url ?? '' });
    case 'watch':
      delay.reset();
      delay.enable();
      ownWork = watchOwnWork();
      return tell({});
    case 'figures':
      delay.disable();
      return tell({ longestOwnWorkMs: ownWork?.longestMs() ?? 0, longestDelayMs: delay.max / 1e6 });
    case 'memory':
      return tell({
        residentBytes: process.memoryUsage.rss(),
        peakBytes: process.resourceUsage().maxRSS * 1024,
        cpuMs: (process.cpuUsage().user + process.cpuUsage().system) / 1000,
      });
    case 'end':
      void engine.close().then(() => process.disconnect());
  }
});
tell({ ready: true });

function tell(answer: Answer): void {
  process.send?.(answer);
}
