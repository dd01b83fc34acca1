/** The engine that answers: what it is, what it found of its machine, and what a stranger may see of it to help. */
import { useAnswer, problemIn } from '../../client/ask.ts';
import { useLive } from '../../client/live-store.ts';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { Fact, Facts, Panel } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { DiagnosticsPanel } from './diagnostics-panel.tsx';
import { SelfTestPanel } from './self-test-panel.tsx';

export function EngineSection() {
  const engine = useLive((live) => live.engine);
  const about = useAnswer(['engine.about'], (client, signal) => client.engine.about({}, { signal }));
  if (engine === null) return <Skeleton lines={4} />;
  const problem = problemIn(about);
  return (
    <>
      <Panel title="Engine">
        <Facts>
          <Fact name="Version">Holdfast {engine.version}</Fact>
          <Fact name="Machine">
            {engine.hostname}
            {about.data === undefined ? null : `, ${about.data.platform}`}
          </Fact>
          <Fact name="Started">
            <RelativeTime at={engine.startedAt} />
          </Fact>
          <Fact name="Tenant">{engine.tenant}</Fact>
          <Fact name="Passwords">{secretWords(engine.secretStore)}</Fact>
          {about.data === undefined ? null : (
            <>
              <Fact name="Runs on">Node.js {about.data.node.replace(/^v/, '')}</Fact>
              <Folder name="Home" path={about.data.home} />
              <Folder name="Log folder" path={about.data.logFolder} />
            </>
          )}
        </Facts>
      </Panel>
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void about.refetch()} />}
      {about.data === undefined ? null : <SelfTestPanel tests={about.data.selfTest} />}
      <DiagnosticsPanel />
      {engine.secretStore === null ? (
        <Notice tone="none">
          After a restart of the engine somebody has to enter the passwords of repositories before anything is
          protected.
        </Notice>
      ) : null}
    </>
  );
}

/** A tenant of the home is not told where it lies. */
function Folder({ name, path }: { readonly name: string; readonly path: string }) {
  if (path === '') return null;
  return (
    <Fact name={name}>
      <PathText path={path} mono />
    </Fact>
  );
}

function secretWords(store: 'keychain' | 'sealed file' | null): string {
  if (store === 'keychain') return 'can be remembered in the keychain of this account';
  if (store === 'sealed file') return 'can be remembered in a file sealed under the passphrase of this machine';
  return 'are kept in memory only, until the engine ends';
}
