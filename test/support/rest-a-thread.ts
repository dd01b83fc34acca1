/** Gives a lent thread back and has nothing more to do. */
import { giveBackThread, lendThread } from '../../electron/engine/platform/lent-threads.ts';

const data = { name: 'only', ending: 'rests' };
const thread = lendThread(new URL('./lent-work.ts', import.meta.url), { data });
thread.postMessage('echo');
thread.on('message', () => void giveBackThread(thread).then(() => process.stdout.write('rests')));
