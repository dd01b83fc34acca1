/** The thread that lists ahead of the walk, as far as there is room. */
import { setImmediate } from 'node:timers/promises';
import { serveLent, type EndingWord } from '../../platform/lent-threads.ts';
import { FolderLister, ScoutGauge, scoutedEntries, skipsOf, weightOf } from './scout.ts';
import type { ScoutedFolder, ScoutTask } from './scout-protocol.ts';

/** Folders between two looks at what this thread is told. */
const turnFolders = 64;

serveLent(({ options, neverRead, ahead, line, gauge: memory }: ScoutTask) => {
  const gauge = new ScoutGauge(memory);
  const never = new Set(neverRead);
  const lister = new FolderLister(
    ahead.filter((path) => !never.has(path)),
    skipsOf(options, neverRead),
  );
  const work = async (): Promise<void> => {
    let sent = 0;
    for (let folder = 1; !gauge.isOver; folder++) {
      const listed = lister.next();
      if (listed === null) break;
      const { path, listing } = listed;
      const stats = listing.stats.pack();
      line.postMessage({ path, names: listing.names, stats } satisfies ScoutedFolder, [stats.bytes.buffer]);
      sent = (sent + weightOf(listing)) | 0;
      gauge.waitForRoom(sent, scoutedEntries);
      if (folder % turnFolders === 0) await setImmediate();
    }
    line.close();
  };
  const done = work();
  return async (): Promise<EndingWord> => {
    gauge.end();
    await done;
    return 'rests';
  };
});
