/** How the desktop program behaves on this computer: when it starts, and what closing its window does. */
import { Button, Switch } from '@mantine/core';
import type { DesktopSettings } from '../../../shared/model/desktop-settings.ts';
import { desktopHost, type Host } from '../../client/host.ts';
import { Notice } from '../../components/error-notice.tsx';
import { Fact, Facts, Panel } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { useDesktopSettings } from './desktop-settings.ts';
import { explainBattery, explainClosing, explainLogin, explainMetered, type Explained } from './desktop-words.ts';
import styles from './settings.module.css';
import { UpdatesPanel } from './updates-panel.tsx';

/** Shown only where the page has a host. */
export function DesktopSection() {
  const host = desktopHost();
  return host === null ? null : <Choices host={host} />;
}

function Choices({ host }: { readonly host: Host }) {
  const { settings, problem, change } = useDesktopSettings(host);
  return (
    <>
      {problem === null ? null : (
        <div role="alert">
          <Notice tone="fail">{visibleText(problem)}</Notice>
        </div>
      )}
      {settings === null ? (
        <Skeleton lines={6} />
      ) : (
        <>
          <Panel title="At login">
            <Choice
              label="Start at login"
              checked={settings.startAtLogin.on}
              explained={explainLogin(settings)}
              onChange={(startAtLogin) => change({ startAtLogin })}
            />
            <Entry settings={settings} onRepair={() => change({ startAtLogin: true })} />
          </Panel>
          <Panel title="When the window is closed">
            <Choice
              label="Keep running when the window is closed"
              checked={settings.keepRunning}
              explained={explainClosing(settings)}
              onChange={(keepRunning) => change({ keepRunning })}
            />
          </Panel>
          <Panel title="When a run is due">
            <Choice
              label="Wait while on battery"
              checked={settings.waitOnBattery.on}
              explained={explainBattery(settings)}
              onChange={(waitOnBattery) => change({ waitOnBattery })}
            />
            <Choice
              label="Wait while the network is metered"
              checked={settings.waitOnMetered.on}
              explained={explainMetered(settings)}
              onChange={(waitOnMetered) => change({ waitOnMetered })}
            />
            <p className={styles['explained']}>
              What waits begins as soon as that has ended, also late. A source whose snapshot becomes older than its RPO
              meanwhile is overdue all the same, and what somebody starts by hand does not wait.
            </p>
          </Panel>
          <UpdatesPanel
            updates={settings.updates}
            onChange={(updates) => change({ updates })}
            onStep={(step) => void host.update(step)}
          />
        </>
      )}
    </>
  );
}

type ChoiceProps = {
  readonly label: string;
  readonly checked: boolean;
  readonly explained: Explained;
  readonly onChange: (on: boolean) => void;
};

function Choice({ label, checked, explained, onChange }: ChoiceProps) {
  return (
    <div className={styles['switch']}>
      <Switch label={label} checked={checked} onChange={({ currentTarget }) => onChange(currentTarget.checked)} />
      <p className={styles['explained']}>{explained.lead}</p>
      {explained.caution === null ? null : <Notice tone="none">{explained.caution}</Notice>}
    </div>
  );
}

/** What the session really holds: an entry can be looked at, and removed, without Holdfast. */
function Entry({ settings, onRepair }: { readonly settings: DesktopSettings; readonly onRepair: () => void }) {
  const { on, startsThis, command, file } = settings.startAtLogin;
  if (!on || (command === null && file === null)) return null;
  return (
    <div className={styles['block']}>
      <Facts>
        {command === null ? null : (
          <Fact name="Starts">
            <PathText path={command} mono />
          </Fact>
        )}
        {file === null ? null : (
          <Fact name="Entry">
            <PathText path={file} mono />
          </Fact>
        )}
      </Facts>
      {startsThis ? null : (
        <div className={styles['actions']}>
          <Button onClick={onRepair}>Start this Holdfast instead</Button>
        </div>
      )}
    </div>
  );
}
