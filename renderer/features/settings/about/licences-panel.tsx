/** Packages of others that are in this program, with their licences. */
import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
// oxlint-disable-next-line house/import-table -- it is no file: vite.config.ts makes it of node_modules
import { packages, texts, type Shipped } from 'virtual:licences';
import { formatCount } from '../../../../shared/model/units.ts';
import { Panel } from '../../../components/page.tsx';
import styles from './licences.module.css';

export function LicencesPanel() {
  const [find, setFind] = useState('');
  const [opened, setOpened] = useState<string | null>(null);
  const wanted = find.trim().toLowerCase();
  const shown = packages.filter(({ name, licence }) => `${name} ${licence}`.toLowerCase().includes(wanted));
  return (
    <Panel title="Work of others" aside={`${formatCount(packages.length)} packages`}>
      <p className={styles['words']}>
        Holdfast is built with these packages. The desktop program brings Electron and Chromium too, whose licences lie
        beside it as <code>LICENSES.chromium.html</code>.
      </p>
      <TextInput
        label="Find a package or a licence"
        value={find}
        onChange={(event) => setFind(event.currentTarget.value)}
        className={styles['find'] ?? ''}
      />
      <ul className={styles['list']} aria-label="Packages">
        {shown.map((one) => (
          <Row key={keyOf(one)} one={one} isOpen={opened === keyOf(one)} onOpen={setOpened} />
        ))}
      </ul>
      {shown.length === 0 ? <p className={styles['words']}>None of them.</p> : null}
    </Panel>
  );
}

const keyOf = ({ name, version }: Shipped): string => `${name}@${version}`;

type RowProps = {
  readonly one: Shipped;
  readonly isOpen: boolean;
  readonly onOpen: (key: string | null) => void;
};

function Row({ one, isOpen, onOpen }: RowProps) {
  const { name, version, licence, text } = one;
  return (
    <li>
      <div className={styles['row']}>
        <span className={styles['name']}>
          {name} <span className={styles['version']}>{version}</span>
        </span>
        <span>{licence}</span>
        {text === null ? (
          <span />
        ) : (
          <Button
            variant="subtle"
            aria-expanded={isOpen}
            aria-label={`${isOpen ? 'Hide' : 'Text'} of the licence of ${name} ${version}`}
            onClick={() => onOpen(isOpen ? null : keyOf(one))}
          >
            {isOpen ? 'Hide' : 'Text'}
          </Button>
        )}
      </div>
      {isOpen && text !== null ? (
        <pre className={styles['text']} tabIndex={0} aria-label={`Licence of ${name}`}>
          {texts[text]}
        </pre>
      ) : null}
    </li>
  );
}
