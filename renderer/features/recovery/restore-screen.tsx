/** A guided restore before it runs: what, from when, to where, and what would happen. Nothing is changed on these pages. */
import { useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { basket, type BasketItem } from '../../client/basket.ts';
import { useHasState } from '../../client/live-store.ts';
import { useRefusal } from '../../client/me.ts';
import { NoRight } from '../../components/no-right.tsx';
import { Page } from '../../components/page.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { StepRail } from '../../components/step-rail.tsx';
import { DraftPanel } from './draft-panel.tsx';
import type { Draft } from './draft.ts';
import { guideRail, type GuideStep } from './run-words.ts';
import { StepPreflight } from './step-preflight.tsx';
import { StepWhat } from './step-what.tsx';
import { StepWhen } from './step-when.tsx';
import { StepWhere } from './step-where.tsx';
import styles from './recovery.module.css';

/** What the address names to begin with. */
type Asked = {
  readonly basket?: string;
  readonly source?: string;
  readonly host?: string;
  readonly snapshot?: string;
  readonly path?: string;
};

export function RestoreScreen() {
  const search = useSearch({ from: '/recovery/restore' });
  const hasState = useHasState();
  const [asked] = useState(search);
  const refusal = useRefusal('restoreRuns.create');
  if (refusal !== null) return <NoRight title="Guided restore" {...refusal} />;
  if (!hasState) {
    return (
      <Page title="Guided restore">
        <Skeleton lines={6} />
      </Page>
    );
  }
  return <Guide asked={asked} />;
}

function Guide({ asked }: { readonly asked: Asked }) {
  const fromBasket = asked.basket !== undefined;
  const inBasket = basket(({ items }) => items);
  const [chosen, setChosen] = useState<readonly BasketItem[]>([]);
  const [host, setHost] = useState<string | null>(null);
  const [step, setStep] = useState<GuideStep>(fromBasket ? 'Where' : 'What');
  const [place, setPlace] = useState<Omit<Draft, 'items'>>({ target: '', overwrite: 'never', verify: true });
  const items = fromBasket ? inBasket : chosen;
  const draft = useMemo<Draft>(() => ({ ...place, items }), [place, items]);
  const rail = guideRail(step);
  return (
    <Page title="Guided restore" sub="Nothing is written before you have seen what would be, and started it.">
      <StepRail label="Steps of the restore" steps={rail} onGo={setStep} />
      <div className={styles['guide']}>
        <div>
          {step === 'What' ? (
            <StepWhat
              asked={asked}
              fromBasket={fromBasket}
              items={items}
              onChoose={(next, machine) => {
                setChosen(next);
                setHost(machine);
              }}
              onNext={() => setStep('When')}
            />
          ) : null}
          {step === 'When' ? (
            <StepWhen
              items={items}
              host={host}
              fixed={fromBasket}
              onChange={setChosen}
              onNext={() => setStep('Where')}
              onBack={() => setStep('What')}
            />
          ) : null}
          {step === 'Where' ? (
            <StepWhere
              draft={draft}
              onChange={setPlace}
              onNext={() => setStep('Preflight')}
              onBack={() => setStep('When')}
            />
          ) : null}
          {step === 'Preflight' ? (
            <StepPreflight draft={draft} fromBasket={fromBasket} onBack={() => setStep('Where')} />
          ) : null}
        </div>
        <DraftPanel draft={draft} step={step} />
      </div>
    </Page>
  );
}
