/** What a step of a plan does, as fields; which there are depends on its kind. */
import { Autocomplete, Checkbox, Select, Textarea } from '@mantine/core';
import type { PlanParameter, PlanStep, PointRule, StepWork } from '../../../../shared/model/recovery-plans.ts';
import { isRestore } from '../../../../shared/model/recovery-plans.ts';
import { manyChoices, whenOpened } from '../../../components/many-choices.ts';
import { CommandFields, HealthFields } from './check-fields.tsx';
import { Text } from './plain-fields.tsx';
import styles from './plans.module.css';

export type WorkFieldsProps = {
  readonly step: PlanStep;
  readonly sources: readonly string[];
  readonly parameters: readonly PlanParameter[];
  readonly onChange: (work: StepWork) => void;
};

export function WorkFields({ step: { work }, sources, parameters, onChange }: WorkFieldsProps) {
  return (
    <>
      {isRestore(work) ? (
        <>
          <Autocomplete
            label="Source"
            limit={manyChoices.limit}
            comboboxProps={whenOpened}
            data={[...sources]}
            value={work.source}
            onChange={(source) => onChange({ ...work, source })}
          />
          <PointField point={work.point} parameters={parameters} onChange={(point) => onChange({ ...work, point })} />
        </>
      ) : null}
      <OwnFields work={work} onChange={onChange} />
    </>
  );
}

type OwnProps<Work extends StepWork = StepWork> = { readonly work: Work; readonly onChange: (work: StepWork) => void };

function OwnFields({ work, onChange }: OwnProps) {
  switch (work.kind) {
    case 'folder':
      return <FolderFields work={work} onChange={onChange} />;
    case 'git':
      return <GitFields work={work} onChange={onChange} />;
    case 'bucket':
      return (
        <>
          <Text label="To the bucket" value={work.bucket} onChange={(bucket) => onChange({ ...work, bucket })} />
          <Text label="Put before each key" value={work.prefix} onChange={(prefix) => onChange({ ...work, prefix })} />
          <Text label="Only keys that begin with" value={work.from} onChange={(from) => onChange({ ...work, from })} />
          <AwsFields work={work} onChange={onChange} />
        </>
      );
    case 'volume':
      return (
        <>
          <Text label="Volume" value={work.volume} onChange={(volume) => onChange({ ...work, volume })} />
          <Text label="Availability zone" value={work.zone} onChange={(zone) => onChange({ ...work, zone })} />
          <AwsFields work={work} onChange={onChange} />
        </>
      );
    case 'instance':
      return (
        <>
          <Text label="Instance" value={work.instance} onChange={(instance) => onChange({ ...work, instance })} />
          <Select
            label="As"
            data={[
              { value: 'launch', label: 'a new instance like it' },
              { value: 'clone', label: 'an isolated clone' },
            ]}
            value={work.how}
            onChange={(how) => onChange({ ...work, how: how === 'clone' ? 'clone' : 'launch' })}
            allowDeselect={false}
          />
          <AwsFields work={work} onChange={onChange} />
        </>
      );
    case 'command':
      return <CommandFields work={work} onChange={onChange} />;
    case 'health':
      return <HealthFields work={work} onChange={onChange} />;
    case 'checkpoint':
      return (
        <Textarea
          className={styles['wide'] ?? ''}
          label="What somebody has to look at, before it goes on"
          autosize
          minRows={2}
          value={work.instruction}
          onChange={(event) => onChange({ ...work, instruction: event.currentTarget.value })}
        />
      );
    case 'message':
      return <Text wide label="What is told" value={work.text} onChange={(text) => onChange({ ...work, text })} />;
  }
}

function FolderFields({ work, onChange }: OwnProps<Extract<StepWork, { kind: 'folder' }>>) {
  return (
    <>
      <Text label="Path in the snapshot" value={work.path} onChange={(path) => onChange({ ...work, path })} />
      {work.target === null ? null : (
        <Text label="Below the folder" value={work.target} onChange={(target) => onChange({ ...work, target })} />
      )}
      <Select
        label="What is there already"
        data={[
          { value: 'never', label: 'stays' },
          { value: 'if-changed', label: 'is replaced where it differs' },
          { value: 'always', label: 'is replaced' },
        ]}
        value={work.overwrite}
        onChange={(overwrite) => onChange({ ...work, overwrite: overwrite ?? 'never' })}
        allowDeselect={false}
      />
      <Checkbox
        label="To the original place"
        checked={work.target === null}
        onChange={(event) => onChange({ ...work, target: event.currentTarget.checked ? null : '' })}
      />
    </>
  );
}

function GitFields({ work, onChange }: OwnProps<Extract<StepWork, { kind: 'git' }>>) {
  const { target } = work;
  const setKind = (kind: string | null): void => {
    if (kind === 'url') onChange({ ...work, target: { kind, url: '' } });
    else if (kind === 'github') onChange({ ...work, target: { kind, api: null, owner: '' } });
    else onChange({ ...work, target: { kind: kind === 'checkout' ? 'checkout' : 'bare', path: '' } });
  };
  return (
    <>
      <Select
        label="Give back"
        data={[
          { value: 'bare', label: 'to a folder, bare' },
          { value: 'checkout', label: 'to a folder, checked out' },
          { value: 'url', label: 'to a Git server' },
          { value: 'github', label: 'to GitHub' },
        ]}
        value={target.kind}
        onChange={setKind}
        allowDeselect={false}
      />
      {target.kind === 'url' ? (
        <Text
          label="Address, with {name} in it"
          value={target.url}
          onChange={(url) => onChange({ ...work, target: { ...target, url } })}
        />
      ) : target.kind === 'github' ? (
        <Text
          label="Owner at GitHub"
          value={target.owner}
          onChange={(owner) => onChange({ ...work, target: { ...target, owner } })}
        />
      ) : (
        <Text
          label="Below the folder"
          value={target.path}
          onChange={(path) => onChange({ ...work, target: { ...target, path } })}
        />
      )}
    </>
  );
}

type AwsWork = Extract<StepWork, { account: string | null }>;

function AwsFields({ work, onChange }: OwnProps<AwsWork>) {
  const set = (key: 'account' | 'region' | 'endpoint', text: string): void =>
    onChange({ ...work, [key]: text.trim() === '' ? null : text });
  return (
    <>
      <Text label="AWS account" value={work.account ?? ''} onChange={(text) => set('account', text)} />
      <Text label="Region" value={work.region ?? ''} onChange={(text) => set('region', text)} />
      <Text label="Endpoint" value={work.endpoint ?? ''} onChange={(text) => set('endpoint', text)} />
    </>
  );
}

type PointFieldProps = {
  readonly point: PointRule;
  readonly parameters: readonly PlanParameter[];
  readonly onChange: (point: PointRule) => void;
};

function PointField({ point, parameters, onChange }: PointFieldProps) {
  const times = parameters.filter(({ type }) => type === 'time');
  const fixed =
    point.kind === 'snapshot' ? [{ value: 'snapshot', label: `snapshot ${point.snapshot.slice(0, 8)}` }] : [];
  return (
    <Select
      label="Recovery point"
      data={[
        { value: 'latest', label: 'the newest good one' },
        ...times.map(({ name }) => ({ value: `before ${name}`, label: `the newest before \${${name}}` })),
        ...fixed,
      ]}
      value={point.kind === 'before' ? `before ${point.parameter}` : point.kind}
      onChange={(value) => {
        if (value?.startsWith('before ') === true) onChange({ kind: 'before', parameter: value.slice(7) });
        else if (value === 'latest') onChange({ kind: 'latest' });
      }}
      allowDeselect={false}
    />
  );
}
