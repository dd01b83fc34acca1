/** Fields of commands and of checks of health. */
import { Select, Textarea } from '@mantine/core';
import type { HealthCheck, StepWork } from '../../../../shared/model/recovery-plans.ts';
import styles from './plans.module.css';
import { Amount, Text } from './plain-fields.tsx';

type CommandProps = {
  readonly work: Extract<StepWork, { kind: 'command' }>;
  readonly onChange: (work: StepWork) => void;
  /** Of the text, in place of that of a plan. */
  readonly label?: string;
};

export function CommandFields({ work, onChange, label }: CommandProps) {
  const { run } = work;
  return (
    <>
      <Select
        label="Run"
        data={[
          { value: 'shell', label: 'a line of the shell' },
          { value: 'program', label: 'a program, a word on each line' },
        ]}
        value={run.kind}
        onChange={(kind) =>
          onChange({
            ...work,
            run: kind === 'program' ? { kind, words: [''] } : { kind: 'shell', script: '' },
          })
        }
        allowDeselect={false}
      />
      <Textarea
        className={styles['wide'] ?? ''}
        label={
          label ??
          (run.kind === 'shell' ? 'Script; parameters are $HOLDFAST_SET_NAME' : 'Words; parameters are ${name}')
        }
        autosize
        minRows={2}
        value={run.kind === 'shell' ? run.script : run.words.join('\n')}
        onChange={(event) => {
          const text = event.currentTarget.value;
          onChange({
            ...work,
            run: run.kind === 'shell' ? { ...run, script: text } : { ...run, words: text.split('\n') },
          });
        }}
      />
    </>
  );
}

type HealthProps = {
  readonly work: Extract<StepWork, { kind: 'health' }>;
  readonly onChange: (work: StepWork) => void;
};

const begun: Readonly<Record<HealthCheck['kind'], HealthCheck>> = {
  http: { kind: 'http', url: '', status: 200, contains: null },
  tcp: { kind: 'tcp', host: '', port: 443 },
  ssh: { kind: 'ssh', host: '', port: 22, user: 'root', hostKey: '', command: 'true', keyFile: '' },
};

export function HealthFields({ work, onChange }: HealthProps) {
  const { check } = work;
  const set = (changed: HealthCheck): void => onChange({ ...work, check: changed });
  return (
    <>
      <Select
        label="Asked by"
        data={[
          { value: 'http', label: 'HTTP' },
          { value: 'tcp', label: 'a TCP connection' },
          { value: 'ssh', label: 'a command over SSH' },
        ]}
        value={check.kind}
        onChange={(kind) => set(begun[kind ?? 'http'])}
        allowDeselect={false}
      />
      {check.kind === 'http' ? (
        <>
          <Text label="Address" value={check.url} onChange={(url) => set({ ...check, url })} />
          <Amount label="Answers" value={check.status} onChange={(status) => set({ ...check, status })} />
          <Text
            label="With this text in it"
            value={check.contains ?? ''}
            onChange={(text) => set({ ...check, contains: text === '' ? null : text })}
          />
        </>
      ) : (
        <>
          <Text label="Host" value={check.host} onChange={(host) => set({ ...check, host })} />
          <Amount label="Port" value={check.port} onChange={(port) => set({ ...check, port })} />
        </>
      )}
      {check.kind === 'ssh' ? (
        <>
          <Text label="Account" value={check.user} onChange={(user) => set({ ...check, user })} />
          <Text label="Key of the host" value={check.hostKey} onChange={(hostKey) => set({ ...check, hostKey })} />
          <Text label="Private key here" value={check.keyFile} onChange={(keyFile) => set({ ...check, keyFile })} />
          <Text label="Command" value={check.command} onChange={(command) => set({ ...check, command })} />
        </>
      ) : null}
    </>
  );
}
