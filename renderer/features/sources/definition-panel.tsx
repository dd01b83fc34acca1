/** What a source is made of: paths, and what is left out. */
import type { SourceState } from '../../../shared/contract/live.ts';
import type { FolderDefinition, SourceDefinition } from '../../../shared/contract/sources.ts';
import { sourcePlaces } from '../../../shared/model/source-kinds.ts';
import { actorWords } from '../../components/actor.tsx';
import { Bytes } from '../../components/numbers.tsx';
import { Fact, Facts, Panel } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { Ec2Facts } from './ec2/ec2-facts.tsx';
import { BucketFacts } from './bucket/bucket-facts.tsx';
import { RemoteFacts } from './remote/remote-facts.tsx';

export function DefinitionPanel({ source: { registered } }: { readonly source: SourceState }) {
  if (registered === null) return null;
  const { addedAt, addedBy } = registered;
  return (
    <Panel title="Definition">
      <Facts>
        <Fact name="Protects">
          {sourcePlaces(registered).map((place) => (
            <div key={place}>
              <PathText path={place} mono />
            </div>
          ))}
        </Fact>
        <KindFacts definition={registered} />
        <Fact name="Added">
          <RelativeTime at={addedAt} /> by {actorWords(addedBy)}
        </Fact>
      </Facts>
    </Panel>
  );
}

function KindFacts({ definition }: { readonly definition: SourceDefinition }) {
  if (definition.kind === 'folder') return <LeftOut definition={definition} />;
  if (definition.kind === 'ec2') return <Ec2Facts definition={definition} />;
  if (definition.kind === 's3-bucket') return <BucketFacts definition={definition} />;
  return <RemoteFacts definition={definition} />;
}

function LeftOut({ definition }: { readonly definition: FolderDefinition }) {
  const { excludes, excludeCaches, excludeLargerThanBytes, oneFileSystem } = definition;
  const leavesNothing = excludes.length === 0 && !excludeCaches && excludeLargerThanBytes === null;
  return (
    <>
      <Fact name="Leaves out">
        {leavesNothing ? 'nothing' : null}
        {excludes.map((pattern) => (
          <div key={pattern}>
            <code>{visibleText(pattern)}</code>
          </div>
        ))}
        {excludeCaches ? <div>marked caches</div> : null}
        {excludeLargerThanBytes === null ? null : (
          <div>
            files above <Bytes value={excludeLargerThanBytes} />
          </div>
        )}
      </Fact>
      {oneFileSystem ? <Fact name="File systems">stays on that of each path</Fact> : null}
    </>
  );
}
