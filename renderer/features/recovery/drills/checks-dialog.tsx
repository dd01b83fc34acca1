/** What drills of a source are checked by, beside what is looked at anyway: commands, and whether something answers. */
import { Button, Checkbox, Modal, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { DrillProbe } from '../../../../shared/model/drill-probes.ts';
import { mostProbes } from '../../../../shared/model/drill-probes.ts';
import type { StepWork } from '../../../../shared/model/recovery-plans.ts';
import { formatDuration, parseDuration } from '../../../../shared/model/units.ts';
import type { RegisteredSource } from '../../../../shared/contract/sources.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { usePrimaryRepository, useSources } from '../../../client/live-store.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { manyChoices } from '../../../components/many-choices.ts';
import { ShowCommand } from '../../../components/show-command.tsx';
import { CommandFields, HealthFields } from '../plans/check-fields.tsx';
import styles from './drills.module.css';

type ChecksDialogProps = { readonly opened: boolean; readonly onClose: () => void };

export function ChecksDialog({ opened, onClose }: ChecksDialogProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  const sources = useSources().flatMap(({ registered }) =>
    registered === null || registered.kind === 'ec2' ? [] : [registered],
  );
  const source = sources.find(({ name }) => name === chosen) ?? sources[0];
  return (
    <Modal opened={opened} onClose={onClose} title="What drills are checked by" size="lg">
      {source === undefined ? (
        <EmptyState title="No source">Add a source first: what is protected can be rehearsed.</EmptyState>
      ) : (
        <div className={styles['form']}>
          <div className={styles['dim']}>
            What comes back is compared with the snapshot in any case. Here is said what only you know: that a database
            starts from it, that a page answers. They run in the order they stand, before all is taken away.
          </div>
          <Select
            {...manyChoices}
            label="Source"
            data={sources.map(({ name }) => name)}
            value={source.name}
            allowDeselect={false}
            onChange={setChosen}
          />
          <ChecksForm key={source.name} source={source} onClose={onClose} />
        </div>
      )}
    </Modal>
  );
}

type FormProps = { readonly source: RegisteredSource; readonly onClose: () => void };
/** A key of its own, so that what is taken away takes its fields along. */
type Line = { readonly key: number; readonly probe: DrillProbe; readonly limit: string };

const fresh: DrillProbe = {
  title: '',
  needsWhole: true,
  timeLimitMs: 300_000,
  what: { kind: 'command', run: { kind: 'shell', script: '' } },
};

function ChecksForm({ source, onClose }: FormProps) {
  const [lines, setLines] = useState<readonly Line[]>(() =>
    (source.commands.checks ?? []).map((probe, key) => ({ key, probe, limit: formatDuration(probe.timeLimitMs) })),
  );
  const primary = usePrimaryRepository();
  const order = useOrder((client, checks: DrillProbe[]) =>
    client.drills.setChecks({ repository: { id: primary?.id ?? '' }, source: source.name, checks }),
  );
  const problem = problemIn(order);
  const probes = lines.map(probeOf);
  const isReady = primary !== undefined && probes.every((probe) => probe !== null);
  const change = (line: Line) => setLines(lines.map((one) => (one.key === line.key ? line : one)));
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady)
          order.mutate(
            probes.filter((probe) => probe !== null),
            { onSuccess: onClose },
          );
      }}
    >
      {lines.map((line, at) => (
        <Fields
          key={line.key}
          line={line}
          number={at + 1}
          onChange={change}
          onRemove={() => setLines(lines.filter(({ key }) => key !== line.key))}
        />
      ))}
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        <Button
          disabled={lines.length >= mostProbes}
          onClick={() =>
            setLines([
              ...lines,
              { key: Math.max(-1, ...lines.map(({ key }) => key)) + 1, probe: fresh, limit: '5 min' },
            ])
          }
        >
          Add a check
        </Button>
        <Button type="submit" variant="filled" disabled={!isReady} loading={order.isPending}>
          Save
        </Button>
        <Button onClick={onClose}>Cancel</Button>
        <ShowCommand commands={[['holdfast', 'drill', 'checks', source.name, '--file', 'checks.json']]} />
      </div>
    </form>
  );
}

/** Null while something is missing. */
function probeOf({ probe, limit }: Line): DrillProbe | null {
  const timeLimitMs = limitOf(limit);
  const { what } = probe;
  const isSaid =
    what.kind === 'command'
      ? what.run.kind === 'shell'
        ? what.run.script.trim() !== ''
        : what.run.words.some((word) => word !== '')
      : what.check.kind === 'http'
        ? what.check.url !== ''
        : what.check.host !== '';
  return probe.title.trim() === '' || timeLimitMs === null || !isSaid ? null : { ...probe, timeLimitMs };
}

function limitOf(text: string): number | null {
  const ms = parseDuration(text.replace(/\s/g, '').replace('min', 'm'));
  return ms === null || ms < 1_000 || ms > 86_400_000 ? null : ms;
}

type FieldsProps = {
  readonly line: Line;
  readonly number: number;
  readonly onChange: (line: Line) => void;
  readonly onRemove: () => void;
};

function Fields({ line, number, onChange, onRemove }: FieldsProps) {
  const { probe, limit } = line;
  const { what } = probe;
  const set = (part: Partial<DrillProbe>) => onChange({ ...line, probe: { ...probe, ...part } });
  // The fields are those of a step of a plan.
  const setWork = (work: StepWork) => {
    if (work.kind === 'command') set({ what: { kind: 'command', run: work.run } });
    if (work.kind === 'health') set({ what: { kind: 'health', check: work.check } });
  };
  return (
    <fieldset className={styles['check']}>
      <legend>Check {number}</legend>
      <TextInput
        label="Called"
        placeholder="The database starts"
        value={probe.title}
        onChange={(event) => set({ title: event.currentTarget.value })}
      />
      <Select
        label="By"
        data={[
          { value: 'command', label: 'a command that has to end well' },
          { value: 'health', label: 'something that has to answer' },
        ]}
        value={what.kind}
        allowDeselect={false}
        onChange={(kind) =>
          set({
            what:
              kind === 'health'
                ? { kind: 'health', check: { kind: 'http', url: '', status: 200, contains: null } }
                : { kind: 'command', run: { kind: 'shell', script: '' } },
          })
        }
      />
      {what.kind === 'command' ? (
        <>
          <CommandFields work={what} onChange={setWork} label={what.run.kind === 'shell' ? 'Script' : 'Words'} />
          <div className={styles['dim']}>What came back lies in $HOLDFAST_DRILL_FOLDER, under its own whole path.</div>
        </>
      ) : (
        <HealthFields work={{ ...what, everyMs: 1_000 }} onChange={setWork} />
      )}
      <TextInput
        label="At most"
        value={limit}
        error={limitOf(limit) === null ? 'From 1s to 24h, as 30s or 5m.' : undefined}
        onChange={(event) => onChange({ ...line, limit: event.currentTarget.value })}
      />
      <Checkbox
        label="Only where all of the source was brought back"
        checked={probe.needsWhole}
        onChange={(event) => set({ needsWhole: event.currentTarget.checked })}
      />
      <div className={styles['actions']}>
        <Button size="compact-xs" onClick={onRemove} aria-label={`Take it away: check ${number}`}>
          Take it away
        </Button>
      </div>
    </fieldset>
  );
}
