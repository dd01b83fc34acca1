/** How often: one of the profiles that are shipped, or by hand. And all answers before anything is made. */
import { Button, Radio } from '@mantine/core';
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
import { presets } from '../../../shared/model/profile-presets.ts';
import { changeStart, oftens, startStore, type Often } from './start-store.ts';
import { StepBody } from './step-body.tsx';

const words: Readonly<Record<Often, { readonly label: string; readonly description: string }>> = {
  standard: {
    label: 'Every night',
    description: 'At 22:00; kept for two weeks, one of each week for two months, one of each month for a year.',
  },
  frequent: {
    label: 'Every hour',
    description: 'Kept for two days, and from then on as above.',
  },
  'by hand': { label: 'Only by hand', description: 'Nothing runs by itself, and nothing expires.' },
};

function profileCommands(often: Often, place: string, source: string): readonly (readonly string[])[] {
  if (often === 'by hand') return [];
  const { name } = presets[often];
  return [
    ['holdfast', '--repository', place, 'profile', 'add', '--preset', often, '--name', name],
    ['holdfast', '--repository', place, 'profile', 'assign', name, '--source', source],
  ];
}

export function StepOften() {
  const { draft, location, remember, made, often } = startStore();
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
      lead="A first snapshot is taken now. After that by itself, as often as you say, and whenever you press Protect now."
      onSubmit={() => order.mutate({ source, remember: remember && canRemember, often })}
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
            commands={[
              ['holdfast', 'init', place],
              [...addCommand(source), '--repository', place],
              ...profileCommands(often, place, source.name),
              protect,
            ]}
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
            <Fact name="How often">{words[often].label}</Fact>
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
      <Radio.Group
        label="Take a snapshot"
        value={often}
        onChange={(value) => changeStart({ often: oftens.find((one) => one === value) ?? 'by hand' })}
      >
        <div className={styles['choices']}>
          {oftens.map((one) => (
            <Radio key={one} value={one} label={words[one].label} description={words[one].description} />
          ))}
        </div>
      </Radio.Group>
      {often === 'by hand' ? (
        <Notice tone="none" title="By hand, or by a timer of the system">
          Cron or a systemd timer can run this command as often as you like:
          <CommandText commands={[protect]} />
        </Notice>
      ) : (
        <Notice tone="none" title="What runs it">
          {remember && canRemember
            ? 'This engine, as long as it runs: what was due while it did not is made up for when it is back.'
            : 'This engine, as long as it runs. Because the password is not remembered here, runs wait after each of its starts until somebody has entered it.'}
        </Notice>
      )}
      {made.repository !== null && made.job === null && !order.isPending ? (
        <Notice tone="good">The repository has been made. What failed after that can be tried again.</Notice>
      ) : null}
      {problem === null ? null : <ErrorNotice problem={problem} />}
    </StepBody>
  );
}
