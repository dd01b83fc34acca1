/** The plan so far, beside every step, and what could go wrong. */
import { originalName } from '../../../../shared/model/git-restore-plan.ts';
import { sayRef, shortId } from '../../../components/git-words.ts';
import { Count } from '../../../components/numbers.tsx';
import { Fact, Facts, Panel } from '../../../components/page.tsx';
import { PathText } from '../../../components/path-text.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import { MomentFacts } from '../figures.tsx';
import styles from '../recovery.module.css';
import { isSeveral, targetOf, type GitSelection, type TargetDraft } from './git-draft.ts';
import { gitRisks, type GitStep } from './git-words.ts';

type GitDraftPanelProps = {
  readonly selection: GitSelection | null;
  readonly draft: TargetDraft;
  readonly step: GitStep;
};

export function GitDraftPanel({ selection, draft, step }: GitDraftPanelProps) {
  const target = selection === null ? null : targetOf(draft, isSeveral(selection));
  const hasPlace = target !== null && step !== 'What';
  return (
    <div className={styles['side']}>
      <Panel title="The plan so far">
        {selection === null ? (
          <div className={styles['dim']}>Nothing is chosen yet.</div>
        ) : (
          <Facts>
            <Fact name="What">
              <What selection={selection} /> of <PathText path={selection.source} />
            </Fact>
            <MomentFacts name="As of" takenAt={[selection.takenAt]} />
            <Fact name="From">{visibleText(selection.place.name)}</Fact>
            {hasPlace ? (
              <>
                <Fact name="To">
                  <span className={styles['whole']}>{visibleText(sayTarget(draft))}</span>
                </Fact>
                <Fact name="Overwriting">{draft.overwrite ? 'allowed' : 'held back'}</Fact>
                {selection.ref === null ? <Fact name="Only there">{draft.deletes ? 'deleted' : 'left'}</Fact> : null}
                <Fact name="Verified">{draft.verify ? 'refs compared, a fresh clone checked' : 'no'}</Fact>
              </>
            ) : null}
          </Facts>
        )}
      </Panel>
      <Panel title="If this goes wrong">
        <ul className={styles['risks']}>
          {gitRisks(step, draft, selection ?? { ref: null }).map((risk) => (
            <li key={risk}>{risk}</li>
          ))}
        </ul>
      </Panel>
    </div>
  );
}

function What({ selection: { paths, ref } }: { readonly selection: GitSelection }) {
  if (paths === null) return <>all repositories</>;
  const [only] = paths;
  if (paths.length > 1 || only === undefined) {
    return (
      <>
        <Count value={paths.length} /> repositories
      </>
    );
  }
  const name = <PathText path={nameOfPath(only)} />;
  if (ref === null) return name;
  return (
    <>
      {/^[0-9a-f]{40,64}$/.test(ref.from) ? shortId(ref.from) : visibleText(sayRef(originalName(ref.from)))} of {name}
      {ref.to === originalName(ref.from) ? null : <>, as {visibleText(sayRef(ref.to))}</>}
    </>
  );
}

/** `owner/name` of a path in a snapshot. */
export function nameOfPath(path: string): string {
  return path
    .replace(/\.git$/, '')
    .split('/')
    .filter(Boolean)
    .slice(-2)
    .join('/');
}

export function sayTarget({ kind, owner, name, api, url, path }: TargetDraft): string {
  if (kind === 'url') return url.trim();
  if (kind !== 'github') return path.trim();
  const host =
    api.trim() === ''
      ? 'github.com'
      : api
          .trim()
          .replace(/^https?:\/\//, '')
          .replace(/\/.*$/, '');
  return `${host}/${owner.trim()}/${name.trim()}`;
}
