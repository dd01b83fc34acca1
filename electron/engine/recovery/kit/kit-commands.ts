/** The commands that bring everything back, as a kit prints them. */
import type { RecoveryKit } from '../../../../shared/contract/recovery-kit.ts';
import { shellWord } from '../../platform/shell-words.ts';

/** restic asks for the password: it stands neither in a command nor in the shell's history. */
export function kitCommands(location: string): RecoveryKit['commands'] {
  const restic = `restic -r ${shellWord(location)}`;
  const holdfast = `holdfast --repository ${shellWord(location)}`;
  return [
    { purpose: 'List what there is', command: `${restic} snapshots` },
    { purpose: 'Look into a snapshot', command: `${restic} ls SNAPSHOT` },
    {
      purpose: 'Bring a whole snapshot back into a new folder',
      command: `${restic} restore SNAPSHOT --target /path/to/new/folder --verify`,
    },
    {
      purpose: 'Bring one folder or file back',
      command: `${restic} restore SNAPSHOT --target /path/to/new/folder --include /path/in/the/snapshot`,
    },
    { purpose: 'Check that the repository is whole, reading all of it', command: `${restic} check --read-data` },
    { purpose: 'Bring the console back on a new machine', command: `${holdfast} recover` },
    { purpose: 'The same restore with Holdfast', command: `${holdfast} restore SNAPSHOT --to /path/to/new/folder` },
  ];
}
