/** The steps of a restore in AWS in words: what each does, and what undoing it means, until when. */
import type { NewRun } from '../runs/run-book.ts';
import type { Deed } from './deeds.ts';

type Step = NewRun['steps'][number];

export function stepsOf(deeds: readonly Deed[]): readonly Step[] {
  const reads = 'It only reads.';
  return [
    step('preflight', 'Check what is there, and try out every call', null, null, reads),
    ...deeds.map(wordsOf),
    step('verify', 'Look whether all is as it should be', null, null, reads),
    step('report', 'Sum up', null, null, 'It only counts.'),
  ];
}

function step(id: string, title: string, detail: string | null, undo: string | null, noUndo: string | null): Step {
  return { step: id, title, detail, undo, noUndo };
}

const untilClosed = 'Until the run is closed.';

function wordsOf(deed: Deed): Step {
  const say = (title: string, detail: string, undo: string | null, noUndo: string | null = null): Step =>
    step(deed.id, title, detail, undo === null ? null : `${undo} ${untilClosed}`, noUndo);
  switch (deed.do) {
    case 'copy-snapshot':
      return say(
        'Copy a snapshot into the region',
        `${deed.snapshot} of ${deed.from} to ${deed.region}`,
        'Removes the copy, where what it is of is still there.',
      );
    case 'make-volume':
      return say(
        'Make a volume of the snapshot',
        `${deed.snapshot}: ${deed.sizeGiB} GiB, ${deed.type}, in ${deed.zone}`,
        deed.usedBy === null
          ? 'Removes the volume, unless it is attached.'
          : 'Removes the volume where it was never attached; else it is kept, for what was written to it.',
      );
    case 'tag':
      return say('Tag the volume that is put aside', deed.resource, 'Takes the tag away.');
    case 'stop':
      return say('Stop the instance', deed.instance, 'Starts it again, where this step has stopped it.');
    case 'start':
      return say('Start the instance', deed.instance, 'Stops it for the way back, and starts it at the end.');
    case 'detach':
      return say(
        'Detach the old volume',
        `${deed.volume} from ${deed.device} of ${deed.instance}; it is kept`,
        'Attaches it there again, for as long as nobody removes it.',
      );
    case 'attach':
      return say('Attach the volume', `${deed.device} of ${deed.instance}`, 'Detaches it, and keeps it.');
    case 'replace-root':
      return say(
        'Replace the root',
        `${deed.root} of ${deed.instance} by ${deed.snapshot}; the old one is kept`,
        'Stops the instance, puts the old root back, and starts it; for as long as nobody removes the old root.',
      );
    case 'register':
      return say('Register an image of the root', deed.root, 'Takes the image back; the snapshot stays.');
    case 'make-group':
      return say('Make a group of its own', `${deed.name} in ${deed.vpc}`, 'Removes the group.');
    case 'close-group':
      return say('Close the group', 'nothing may come in, and nothing go out', null, 'The group itself is removed.');
    case 'launch':
      return say(
        deed.isClone ? 'Launch the clone' : 'Launch the instance',
        `${deed.type} in ${deed.subnet}`,
        deed.isClone
          ? 'Ends the clone, with all that was done on it.'
          : 'Stops the instance and keeps it, for what was written on it.',
      );
    case 'unchecked':
      return say('Let it forward traffic', deed.instance, null, 'It belongs to the instance, which is stopped.');
    case 'give-address':
      return say('Move an Elastic IP', deed.allocation, 'Gives it back to where it was.');
    case 'detach-interface':
      return say('Detach a network interface', deed.networkInterface, 'Attaches it again to where it was.');
    case 'attach-interface':
      return say('Attach the network interface', deed.networkInterface, 'Detaches it again.');
  }
}
