/** Start protecting: the questions one after another, each answer kept while the page is open. */
import { Link } from '@tanstack/react-router';
import { useRefusal } from '../../client/me.ts';
import { NoRight } from '../../components/no-right.tsx';
import { Page } from '../../components/page.tsx';
import { StepRail } from '../../components/step-rail.tsx';
import styles from './first-run.module.css';
import { mayGoTo, railOf, type StartStep } from './start-model.ts';
import { changeStart, startStore } from './start-store.ts';
import { StepOften } from './step-often.tsx';
import { StepPassword } from './step-password.tsx';
import { StepRun } from './step-run.tsx';
import { StepWhat } from './step-what.tsx';
import { StepWhere } from './step-where.tsx';

export function StartDoor() {
  const step = startStore((start) => start.step);
  const made = startStore((start) => start.made);
  const refusal = useRefusal('repositories.create');
  if (refusal !== null) return <NoRight title="Start protecting" {...refusal} />;
  return (
    <Page
      title="Start protecting"
      actions={
        <Link to="/welcome" search={{}}>
          All ways to begin
        </Link>
      }
    >
      <div className={styles['rail']}>
        <StepRail
          label="Questions"
          steps={railOf(step, false)}
          onGo={(id) => {
            if (mayGoTo(id, made)) changeStart({ step: id });
          }}
        />
      </div>
      <div className={styles['wizard']} key={step}>
        <Question step={step} />
      </div>
    </Page>
  );
}

function Question({ step }: { readonly step: StartStep }) {
  switch (step) {
    case 'where':
      return <StepWhere />;
    case 'password':
      return <StepPassword />;
    case 'what':
      return <StepWhat />;
    case 'often':
      return <StepOften />;
    case 'run':
      return <StepRun />;
  }
}
