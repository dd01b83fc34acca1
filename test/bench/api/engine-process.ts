/** An engine that stays and is asked over HTTP, as a process of its own: `engine-process.ts <home>`. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { serveEngine } from '../../../electron/engine/engine.ts';

export type Begun = {
  readonly origin: string;
  readonly links: readonly string[];
  readonly tokens: readonly string[];
  readonly repository: string;
};
export type Ask = { readonly type: 'usage' } | { readonly type: 'end' };
export type Usage = { readonly memoryBytes: number; readonly processorMs: number; readonly delayP99Ms: number };

const [, , home = '', location = '', tokenCount = '0', linkCount = '0'] = process.argv;
const engine = await serveEngine({
  home,
  caller: { tenant: 'default', actor: 'bench' },
  version: 'bench',
  onNotice: () => undefined,
  http: { host: '127.0.0.1', port: 0, tls: null, limits: { connections: 1_024, signInsPerMinute: 1_000 } },
});
const { client } = engine;
const made = await client.repositories.create({ location, password: 'of a benchmark' });
const repository = { id: made.repository.id };
const tokens: string[] = [];
for (let number = 0; number < Number(tokenCount); number++) {
  const { secret } = await client.tokens.create({ name: `program ${number}`, role: 'admin' });
  tokens.push(secret);
}
const links = Array.from({ length: Number(linkCount) }, () => engine.console?.newLink().url ?? '');
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();

process.on('message', (ask: Ask) => {
  if (ask.type === 'end') return void engine.close().then(() => process.disconnect());
  const { user, system } = process.cpuUsage();
  const usage: Usage = {
    memoryBytes: process.memoryUsage().rss,
    processorMs: (user + system) / 1000,
    delayP99Ms: delay.percentile(99) / 1e6,
  };
  delay.reset();
  process.send?.(usage);
});
// Where the measurement has failed, nothing is left behind.
process.once('disconnect', () => process.exit());
const begun: Begun = { origin: engine.console?.origin ?? '', links, tokens, repository: repository.id };
process.send?.(begun);
