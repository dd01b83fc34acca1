/** What this program is, what it contacts, and the work of others that is in it. */
import { lazy, Suspense } from 'react';
import { useLive } from '../../../client/live-store.ts';
import { Fact, Facts, Panel } from '../../../components/page.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';

/** The texts of all licences are longer than the rest of Settings. */
const Licences = lazy(async () => ({ default: (await import('./licences-panel.tsx')).LicencesPanel }));

export function AboutSection() {
  const engine = useLive((live) => live.engine);
  return (
    <>
      <Panel title="Holdfast">
        <Facts>
          <Fact name="Version">{engine === null ? '…' : engine.version}</Fact>
          <Fact name="Licence">MIT</Fact>
          <Fact name="Format">Repositories are restic’s: with the password alone, stock restic reads all of them.</Fact>
          <Fact name="Contacts">
            Only what you have named: repositories, sites, Git servers, AWS, mail servers and webhooks. Newer releases
            are looked for only where that is switched on in the desktop program.
          </Fact>
        </Facts>
      </Panel>
      <Suspense fallback={<Skeleton lines={8} />}>
        <Licences />
      </Suspense>
    </>
  );
}
