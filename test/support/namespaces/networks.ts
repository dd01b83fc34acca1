/** Two networks of this machine that see each other by one line alone, which can be taken down: Linux's network namespaces. */
import { mustRun, start, type Running } from '../processes.ts';

export type Networks = AsyncDisposable & {
  /** Addresses of the two ends. */
  readonly here: string;
  readonly there: string;
  /** Starts a program of the tests in one of them. */
  run(where: 'here' | 'there', program: string, args: readonly string[]): Running;
  line(state: 'up' | 'down'): Promise<void>;
};

const subnet = '10.213.77';

/** Use with `await using`. */
export async function makeNetworks(): Promise<Networks> {
  const [a, b] = [`hf-here-${process.pid}`, `hf-there-${process.pid}`];
  const ip = (...args: string[]): Promise<unknown> => mustRun('ip', args);
  const [here, there] = [`${subnet}.1`, `${subnet}.2`];
  for (const name of [a, b]) await ip('netns', 'add', name);
  await ip('-n', a, 'link', 'add', 'line', 'type', 'veth', 'peer', 'name', 'line', 'netns', b);
  for (const [name, address] of [
    [a, here],
    [b, there],
  ] as const) {
    await ip('-n', name, 'addr', 'add', `${address}/24`, 'dev', 'line');
    await ip('-n', name, 'link', 'set', 'line', 'up');
  }
  const running: Running[] = [];
  return {
    here,
    there,
    run: (where, program, args) => {
      const started = start('ip', ['netns', 'exec', where === 'here' ? a : b, process.execPath, program, ...args]);
      running.push(started);
      return started;
    },
    line: async (state) => void (await ip('-n', b, 'link', 'set', 'line', state)),
    [Symbol.asyncDispose]: async () => {
      for (const one of running) one.signal('SIGKILL');
      await Promise.allSettled(running.map(({ finished }) => finished));
      for (const name of [a, b]) await ip('netns', 'del', name);
    },
  };
}
