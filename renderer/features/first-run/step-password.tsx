/** The password of the repository: what it means, typed twice. */
import { Button, Checkbox, PasswordInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useLive } from '../../client/live-store.ts';
import { Panel } from '../../components/page.tsx';
import styles from './first-run.module.css';
import { passwordFault, passwordHint, stepAfter } from './start-model.ts';
import { changeStart, startStore } from './start-store.ts';
import { StepBody } from './step-body.tsx';

export function StepPassword() {
  const { password, again, remember } = startStore();
  const store = useLive((live) => live.engine?.secretStore ?? null);
  const [visible, { toggle }] = useDisclosure(false);
  const fault = passwordFault(password, again);
  const ready = password !== '' && password === again;
  return (
    <StepBody
      question="Choose the password of the repository"
      lead="It encrypts everything before it is written. Nobody can recover it: not this program, not its makers, not whoever runs the disk."
      onSubmit={() => {
        if (ready) changeStart({ step: stepAfter('password', 1) });
      }}
      actions={
        <>
          <Button onClick={() => changeStart({ step: stepAfter('password', -1) })}>Back</Button>
          <span className={styles['spring']} />
          <Button type="submit" variant="filled" disabled={!ready}>
            Next: what to protect
          </Button>
        </>
      }
      side={
        <Panel title="Before you go on">
          <p>Write it down and keep the note away from this machine, as in a safe or with somebody you trust.</p>
          <p>Without the password the snapshots are lost, however many copies there are.</p>
          <p>It can be changed later, by whoever knows it.</p>
        </Panel>
      }
    >
      <div className={styles['passwords']}>
        <PasswordInput
          label="Password"
          description={passwordHint(password)}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          value={password}
          visible={visible}
          onVisibilityChange={toggle}
          visibilityToggleButtonProps={{ tabIndex: 0, 'aria-label': 'Show the password' }}
          onChange={(event) => changeStart({ password: event.currentTarget.value })}
          autoComplete="new-password"
        />
        <PasswordInput
          label="The same again"
          value={again}
          error={fault}
          visible={visible}
          onVisibilityChange={toggle}
          onChange={(event) => changeStart({ again: event.currentTarget.value })}
          autoComplete="new-password"
        />
      </div>
      {store === null ? (
        <p className={styles['dim']}>
          This engine has no place to keep it: it is asked for again whenever the engine has been started.
        </p>
      ) : (
        <Checkbox
          checked={remember}
          onChange={(event) => changeStart({ remember: event.currentTarget.checked })}
          label={
            store === 'keychain'
              ? 'Remember it in the keychain of this machine'
              : 'Remember it in the sealed file of this engine'
          }
          description="Otherwise it is asked for whenever the engine has been started. The note you keep is needed all the same."
        />
      )}
    </StepBody>
  );
}
