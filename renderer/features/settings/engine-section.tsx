/** What this console is connected to. */
import { Fact, Facts, Panel } from '../../components/page.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useLive } from '../../client/live-store.ts';

export function EngineSection() {
  const engine = useLive((live) => live.engine);
  if (engine === null) return <Skeleton lines={4} />;
  return (
    <Panel title="Engine">
      <Facts>
        <Fact name="Version">Holdfast {engine.version}</Fact>
        <Fact name="Machine">{engine.hostname}</Fact>
        <Fact name="Started">
          <RelativeTime at={engine.startedAt} />
        </Fact>
        <Fact name="Tenant">{engine.tenant}</Fact>
        <Fact name="Passwords">{secretWords(engine.secretStore)}</Fact>
      </Facts>
    </Panel>
  );
}

function secretWords(store: 'keychain' | 'sealed file' | null): string {
  if (store === 'keychain') return 'can be remembered in the keychain of this account';
  if (store === 'sealed file') return 'can be remembered in a file sealed under the passphrase of this machine';
  return 'are kept in memory only, until the engine ends';
}
