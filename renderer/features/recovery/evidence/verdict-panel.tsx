/** Whether what was recorded is still as it was signed: asked for, since it reads all of it and asks sites. */
import { Button } from '@mantine/core';
import type { EvidenceVerdict } from '../../../../shared/contract/evidence.ts';
import type { ChainLog } from '../../../../shared/model/evidence.ts';
import { problemIn, useAnswer, useOrder } from '../../../client/ask.ts';
import { May } from '../../../client/may.tsx';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { Fact, Facts, Panel } from '../../../components/page.tsx';
import { DayTime } from '../../../components/relative-time.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from '../recovery.module.css';
import { sayVerdict } from './evidence-words.ts';

export function VerdictPanel({ log }: { readonly log: ChainLog }) {
  const order = useOrder((client, _input: null) => client.evidence.verify({ logs: [log] }));
  const key = useAnswer(['evidence.key'], (client, signal) => client.evidence.key({}, { signal }));
  const problem = problemIn(order);
  return (
    <Panel title="Is it unchanged?">
      <div className={styles['words']}>
        Each entry names the one before it and is signed by this console. What repositories elsewhere have noted of it
        shows where somebody who holds this machine has written it anew.
      </div>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {order.data === undefined ? null : (
        <div className={styles['words']}>
          <Found verdict={order.data} />
        </div>
      )}
      {key.data === undefined ? null : (
        <Facts>
          <Fact name="Key">
            <span className={styles['whole']}>{key.data.fingerprint}</span>
          </Fact>
          <Fact name="Kept in">{key.data.keptIn === 'file' ? 'a file of the home' : `the ${key.data.keptIn}`}</Fact>
        </Facts>
      )}
      <div className={styles['actions']}>
        <May call="evidence.verify">
          <Button loading={order.isPending} onClick={() => order.mutate(null)}>
            Check it now
          </Button>
        </May>
        <ShowCommand commands={[['holdfast', log, 'verify']]} />
      </div>
    </Panel>
  );
}

function Found({ verdict }: { readonly verdict: EvidenceVerdict }) {
  const { tone, words } = sayVerdict(verdict);
  const problems = verdict.chains.flatMap(({ chain, problems: found }) =>
    found.map(({ seq, problem }) => ({ key: `${chain ?? ''} ${seq}`, words: `Entry ${seq}: ${problem}` })),
  );
  return (
    <Notice tone={tone === 'run' ? 'none' : tone}>
      <div role="status">{visibleText(words)}</div>
      {problems.length === 0 ? null : (
        <ul className={styles['risks']}>
          {problems.map(({ key, words: sentence }) => (
            <li key={key}>{sentence}</li>
          ))}
        </ul>
      )}
      {verdict.anchors.map(({ name, newest, diverged, problem }) => (
        <div key={name} className={styles['dim']}>
          {visibleText(name)}:{' '}
          {problem !== null ? (
            visibleText(problem)
          ) : diverged[0] !== undefined ? (
            `entry ${diverged[0].at} is another one there.`
          ) : newest === null ? (
            'nothing noted yet.'
          ) : (
            <>
              fits, up to entry {newest.seq}, noted <DayTime at={newest.savedAt} />.
            </>
          )}
        </div>
      ))}
    </Notice>
  );
}
