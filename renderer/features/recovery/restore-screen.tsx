/** A guided restore before it runs: what, from when, to where, and what would happen. Nothing is changed on these pages. */
import { useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { basket, basketKey, together, type BasketItem } from '../../client/basket.ts';
import { useHasState } from '../../client/live-store.ts';
import { useRefusal } from '../../client/me.ts';
import { NoRight } from '../../components/no-right.tsx';
import { Page } from '../../components/page.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { StepRail } from '../../components/step-rail.tsx';
import { DrillBanner, IsolatedPlace } from './drills/guided-drill.tsx';
import { DraftPanel } from './draft-panel.tsx';
import { originOf, type Draft } from './draft.ts';
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
  /** Present: a guided drill, which goes to a folder of its own. */
  readonly drill?: string;
};

export function RestoreScreen() {
  const search = useSearch({ from: '/recovery/restore' });
  const hasState = useHasState();
  const [first] = useState(search);
  const asked = search.basket === 'together' ? search : first;
  // What is handed over while this screen is open begins it anew.
  const handedOver = together(({ items }) => items);
  const begun = asked.basket === 'together' ? handedOver.map(basketKey).join() : '';
  const isDrill = asked.drill !== undefined;
  const refusal = useRefusal(isDrill ? 'drills.begin' : 'restoreRuns.create');
  if (refusal !== null) return <NoRight title={isDrill ? 'Guided drill' : 'Guided restore'} {...refusal} />;
  if (!hasState) {
    return (
      <Page title="Guided restore">
        <Skeleton lines={6} />
      </Page>
    );
  }
  return <Guide key={begun} asked={asked} />;
}

function Guide({ asked }: { readonly asked: Asked }) {
  const origin = originOf(asked.basket);
  const fromBasket = origin !== null;
  const inBasket = basket(({ items }) => items);
  const handedOver = together(({ items }) => items);
  const [chosen, setChosen] = useState<readonly BasketItem[]>([]);
  const [host, setHost] = useState<string | null>(null);
  const [step, setStep] = useState<GuideStep>(fromBasket ? 'Where' : 'What');
  const [place, setPlace] = useState<Omit<Draft, 'items'>>({ target: '', overwrite: 'never', verify: true });
  const [leftOut, setLeftOut] = useState<ReadonlySet<string>>(new Set());
  const items = useMemo(() => {
    if (origin === null) return chosen;
    return origin === 'basket' ? inBasket : handedOver.filter((item) => !leftOut.has(basketKey(item)));
  }, [origin, chosen, inBasket, handedOver, leftOut]);
  const draft = useMemo<Draft>(() => ({ ...place, items }), [place, items]);
  const rail = guideRail(step);
  const isDrill = asked.drill !== undefined;
  const [openedAt] = useState(() => new Date().toISOString());
  return (
    <Page
      title={isDrill ? 'Guided drill' : 'Guided restore'}
      sub="Nothing is written before you have seen what would be, and started it."
    >
      {isDrill ? <DrillBanner /> : null}
      <StepRail label="Steps of the restore" steps={rail} onGo={setStep} />
      <div className={styles['guide']}>
        <div>
          {step === 'What' ? (
            <StepWhat
              asked={asked}
              origin={origin}
              items={items}
              onLeaveOut={(item) => setLeftOut(new Set([...leftOut, basketKey(item)]))}
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
          {step === 'Where' && isDrill ? (
            <IsolatedPlace
              onNext={(target) => {
                setPlace({ target, overwrite: 'never', verify: true });
                setStep('Preflight');
              }}
              onBack={() => setStep('When')}
            />
          ) : null}
          {step === 'Where' && !isDrill ? (
            <StepWhere
              draft={draft}
              onChange={setPlace}
              onNext={() => setStep('Preflight')}
              onBack={() => setStep('When')}
            />
          ) : null}
          {step === 'Preflight' ? (
            <StepPreflight
              draft={draft}
              origin={origin}
              drillOpenedAt={isDrill ? openedAt : null}
              onBack={() => setStep('Where')}
            />
          ) : null}
        </div>
        <DraftPanel draft={draft} step={step} />
      </div>
    </Page>
  );
}
