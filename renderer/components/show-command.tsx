/** The command line that does the same as a button, and the one of restic that would do it without Holdfast. */
import { Button, Popover, Tabs } from '@mantine/core';
import { CopyButton } from './copy-button.tsx';
import { shellCommand } from './shell-words.ts';
import styles from './show-command.module.css';

/** Each a command as its words, the program first. */
export type Commands = readonly (readonly string[])[];

type ShowCommandProps = {
  readonly commands: Commands;
  readonly restic?: Commands | undefined;
  /** What to know before running it, as where the password comes from. */
  readonly note?: string;
};

export function ShowCommand({ commands, restic, note }: ShowCommandProps) {
  return (
    <Popover position="bottom-end" width={520} trapFocus returnFocus>
      <Popover.Target>
        <Button variant="subtle">Show command</Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="The command line that does this">
        {restic === undefined ? (
          <CommandText commands={commands} />
        ) : (
          <Tabs defaultValue="holdfast">
            <Tabs.List>
              <Tabs.Tab value="holdfast">Holdfast</Tabs.Tab>
              <Tabs.Tab value="restic">restic, without Holdfast</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="holdfast">
              <CommandText commands={commands} />
            </Tabs.Panel>
            <Tabs.Panel value="restic">
              <CommandText commands={restic} />
            </Tabs.Panel>
          </Tabs>
        )}
        {note === undefined ? null : <p className={styles['note']}>{note}</p>}
      </Popover.Dropdown>
    </Popover>
  );
}

/** Commands to read and copy, where they are not behind a button. */
export function CommandText({ commands }: { readonly commands: Commands }) {
  return <CommandLines lines={commands.map(shellCommand)} />;
}

/** As `CommandText`, of lines that are quoted for a shell already. */
export function CommandLines({ lines }: { readonly lines: readonly string[] }) {
  const text = lines.join('\n');
  return (
    <div className={styles['command']}>
      <pre tabIndex={0}>{text}</pre>
      <CopyButton text={text} what="command" />
    </div>
  );
}
