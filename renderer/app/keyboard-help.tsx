/** All keys in one place. */
import { Modal } from '@mantine/core';
import { KeyHint } from '../components/key-hint.tsx';
import { places } from './shortcuts.ts';
import styles from './shell.module.css';

const anywhere = [
  ['Find anything', 'Mod K'],
  ['Search on this screen', '/'],
  ['These keys', '?'],
  ['Close a dialog', 'Esc'],
] as const;

const tables = [
  ['Up and down', '↑ ↓'],
  ['A screenful', 'PgUp PgDn'],
  ['First and last', 'Home End'],
  ['Open', 'Enter'],
  ['Select', 'Space'],
  ['Select up to here', 'Shift ↓'],
  ['Select all', 'Mod A'],
] as const;

const alerts = [
  ['Acknowledge', 'k'],
  ['Snooze', 'z'],
  ['Take back', 'u'],
  ['Put aside', 'x'],
] as const;

const timeline = [
  ['One snapshot back or on', '← →'],
  ['Ten snapshots', 'PgUp PgDn'],
  ['Oldest and newest', 'Home End'],
] as const;

type KeyboardHelpProps = { readonly opened: boolean; readonly onClose: () => void };

export function KeyboardHelp({ opened, onClose }: KeyboardHelpProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Keys" size="lg">
      <div className={styles['help']}>
        <Keys title="Go to" keys={places.map(({ key, title }) => [title, `g ${key}`])} />
        <Keys title="In tables" keys={tables} />
        <Keys title="Anywhere" keys={anywhere} />
        <Keys title="On the timeline" keys={timeline} />
        <Keys title="In the list of alerts" keys={alerts} />
      </div>
    </Modal>
  );
}

type KeysProps = { readonly title: string; readonly keys: readonly (readonly [string, string])[] };

function Keys({ title, keys }: KeysProps) {
  return (
    <section>
      <h2>{title}</h2>
      <dl>
        {keys.map(([what, combination]) => (
          <div key={what} style={{ display: 'contents' }}>
            <dt>{what}</dt>
            <dd>
              <KeyHint keys={combination} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
