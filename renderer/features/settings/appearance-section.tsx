/** How this browser or window shows things; nothing of it reaches the engine. */
import { SegmentedControl } from '@mantine/core';
import { desktopHost } from '../../client/host.ts';
import { Bytes } from '../../components/numbers.tsx';
import { Panel } from '../../components/page.tsx';
import { preferences, setPreferences, type Preferences } from '../../components/preferences.ts';
import styles from './settings.module.css';

const colors = [
  { value: 'auto', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];
const units = [
  { value: 'iec', label: 'KiB, MiB, GiB' },
  { value: 'si', label: 'kB, MB, GB' },
];
const example = 5_368_709_120;

export function AppearanceSection() {
  const chosen = preferences();
  return (
    <Panel title="Appearance" aside={desktopHost() === null ? 'kept in this browser' : 'kept on this computer'}>
      <div className={styles['choice']}>
        <span id="colors-label">Colours</span>
        <SegmentedControl
          aria-labelledby="colors-label"
          data={colors}
          value={chosen.colors}
          onChange={(value) => setPreferences({ colors: value as Preferences['colors'] })}
        />
        <span id="units-label">Sizes</span>
        <SegmentedControl
          aria-labelledby="units-label"
          data={units}
          value={chosen.bytes}
          onChange={(value) => setPreferences({ bytes: value as Preferences['bytes'] })}
        />
        <span>An example</span>
        <Bytes value={example} />
      </div>
    </Panel>
  );
}
