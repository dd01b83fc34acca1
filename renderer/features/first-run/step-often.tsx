/** How often, as this version truly can: by hand, or by a timer of the system. And all answers before anything is made. */
import { Button } from '@mantine/core';
import { problemIn, useOrder } from '../../client/ask.ts';
import { useLive, useSources } from '../../client/live-store.ts';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { Fact, Facts, Panel } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { CommandText, ShowCommand } from '../../components/show-command.tsx';
import { addCommand, definitionOf, patternsOf } from '../../components/source-draft.ts';
import { beginProtecting } from './begin.ts';
import styles from './first-run.module.css';
import { stepAfter } from './start-model.ts';
import { changeStart, startStore } from './start-store.ts';
import { StepBody } from './step-body.tsx';

export function StepOften() {
  const { draft, location, remember, made } = startStore();
  const place = location ?? '';
  const canRemember = useLive((live) => live.engine?.secretStore ?? null) !== null;
  const sources = useSources();
  const taken = new Set(sources.map(({ name }) => name).filter((name) => name !== made.source));
  const source = definitionOf(draft, taken);
  const order = useOrder(beginProtecting, [['repositories'], ['browse']]);
  const problem = problemIn(order);
  if (source === null) return null;
  const protect = ['holdfast', '--repository', place, 'protect', source.name];
  return (
    <StepBody
      question="How often should a snapshot be taken?"
      lead="A first snapshot is taken now. After that, whenever you press Protect now: automatic runs are not part of this version yet."
      onSubmit={() => order.mutate({ source, remember: remember && canRemember })}
      actions={
        <>
          <Button
            disabled={order.isPending || made.source !== null}
            onClick={() => changeStart({ step: stepAfter('often', -1) })}
          >
            Back
          </Button>
          <span className={styles['spring']} />
          <ShowCommand
            commands={[['holdfast', 'init', place], [...addCommand(source), '--repository', place], protect]}
            note="The password is asked for, or taken from HOLDFAST_PASSWORD_FILE."
          />
          <Button type="submit" variant="filled" loading={order.isPending}>
            {made.repository === null ? 'Create the repository and protect' : 'Protect'}
          </Button>
        </>
      }
      side={
        <Panel title="Your answers">
          <Facts>
            <Fact name="Kept in">
              <PathText path={place} mono />
            </Fact>
            <Fact name="Password">{remember && canRemember ? 'remembered here' : 'not remembered here'}</Fact>
            <Fact name="Source">{source.name}</Fact>
            <Fact name="Protects">
              {source.paths.map((path) => (
                <div key={path}>
                  <PathText path={path} mono />
                </div>
              ))}
            </Fact>
            <Fact name="Leaves out">
              {patternsOf(draft.excludes).length === 0 && !source.excludeCaches ? 'nothing' : null}
              {source.excludes.map((pattern) => (
                <div key={pattern}>
                  <code>{pattern}</code>
                </div>
              ))}
              {source.excludeCaches ? <div>marked caches</div> : null}
            </Fact>
          </Facts>
        </Panel>
      }
    >
      <Notice tone="none" title="Until Holdfast runs by itself">
        A timer of the system (cron, a systemd timer) can run this command as often as you like:
        <CommandText commands={[protect]} />
      </Notice>
      {made.repository !== null && made.job === null && !order.isPending ? (
        <Notice tone="good">The repository has been made. What failed after that can be tried again.</Notice>
      ) : null}
      {problem === null ? null : <ErrorNotice problem={problem} />}
    </StepBody>
  );
}
