/** The plan so far, beside every step, and what could go wrong. */
import { MomentFacts } from './figures.tsx';
import { Bytes, Count } from '../../components/numbers.tsx';
import { Fact, Facts, Panel } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { risksOf, type Draft } from './draft.ts';
import { visibleText } from '../../components/visible-text.ts';
import type { GuideStep } from './run-words.ts';
import styles from './recovery.module.css';

export function DraftPanel({ draft, step }: { readonly draft: Draft; readonly step: GuideStep }) {
  const { items, target, overwrite, verify, from } = draft;
  const bytes = items.reduce((sum, item) => sum + (item.bytes ?? 0), 0);
  const isKnown = items.every((item) => item.bytes !== null);
  const hasPlace = step === 'Where' || step === 'Preflight';
  return (
    <div className={styles['side']}>
      <Panel title="The plan so far">
        {items.length === 0 ? (
          <div className={styles['dim']}>Nothing is chosen yet.</div>
        ) : (
          <Facts>
            <Fact name="What">
              {items.length === 1 && items[0] !== undefined ? (
                <>
                  <PathText path={items[0].path === '/' ? 'all' : items[0].path} /> of{' '}
                  <PathText path={items[0].source} />
                </>
              ) : (
                <>
                  <Count value={items.length} /> paths
                </>
              )}
            </Fact>
            <MomentFacts name="As of" takenAt={items.map(({ takenAt }) => takenAt)} />
            {isKnown ? (
              <Fact name="Size">
                <Bytes value={bytes} />
              </Fact>
            ) : null}
            {hasPlace && target !== '' ? (
              <>
                {from ? <Fact name="Read from">{visibleText(from.name)}</Fact> : null}
                <Fact name="To">
                  {target === null ? (
                    'the original place'
                  ) : (
                    <span className={styles['whole']}>{visibleText(target)}</span>
                  )}
                </Fact>
                <Fact name="Existing files">{overwriteWords[overwrite]}</Fact>
                <Fact name="Verified">{verify ? 'all of it is read back and compared' : 'no'}</Fact>
              </>
            ) : null}
          </Facts>
        )}
      </Panel>
      <Panel title="If this goes wrong">
        <ul className={styles['risks']}>
          {risksOf(draft, step).map((risk) => (
            <li key={risk}>{risk}</li>
          ))}
        </ul>
      </Panel>
    </div>
  );
}

export const overwriteWords: Readonly<Record<Draft['overwrite'], string>> = {
  never: 'are kept as they are',
  'if-changed': 'are replaced where they differ',
  always: 'are replaced',
};
