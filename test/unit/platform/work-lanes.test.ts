import { MessageChannel } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { WorkLanes } from '../../../electron/engine/platform/work-lanes.ts';

type Asked = { readonly job: number; readonly word: string };

test('threads start when something is for them, or before where it is known that much will come', () => {
  const channels = Array.from({ length: 3 }, () => new MessageChannel());
  const started: number[] = [];
  const lanes = new WorkLanes<Asked, Asked>(
    channels.map(({ port1 }) => port1),
    { requestsPerThread: 1, queueLimit: 8, onFirstUse: (position) => started.push(position) },
  );
  try {
    lanes.ask({ word: 'one' }, () => undefined);
    expect(started).toEqual([0]);
    lanes.begin(2);
    expect(started, 'the first runs already').toEqual([0, 1]);
    lanes.ask({ word: 'two' }, () => undefined);
    expect(started, 'none is started twice').toEqual([0, 1]);
    lanes.begin(100);
    expect(started, 'no more than there are').toEqual([0, 1, 2]);
  } finally {
    lanes.close();
  }
});
