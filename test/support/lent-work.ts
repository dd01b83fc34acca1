/** A lent thread that does as it is told (`test/unit/platform/lent-threads.test.ts`). */
import { threadId } from 'node:worker_threads';
import { keptMemory } from '../../electron/engine/platform/kept-memory.ts';
import { serveLent, type EndingWord } from '../../electron/engine/platform/lent-threads.ts';

export type LentTask = 'echo' | 'fail' | 'takeMemory' | 'sayLater' | 'hang';
export type LentAnswer = { readonly thread: number; readonly to: string; readonly name: string };

type Data = { readonly name: string; readonly ending: EndingWord | 'fails' };

serveLent(({ name, ending }: Data, port) => {
  port.on('message', (task: LentTask) => {
    const say = (to: string): void => port.postMessage({ thread: threadId, to, name } satisfies LentAnswer);
    if (task === 'takeMemory') keptMemory(600 * 1024 * 1024);
    if (task === 'sayLater') setTimeout(say, 20, 'said later');
    say(task);
    if (task === 'fail') throw new Error('it fails');
    if (task === 'hang') for (;;);
  });
  return () => {
    if (ending === 'fails') throw new Error('its end fails');
    return ending;
  };
});
