/** Every shared component once, with the data that is hardest on it: for eyes, and for tests in a browser. */
import '../../../../renderer/app/mantine-styles.css';
import '@mantine/notifications/styles.layer.css';
import '../../../../renderer/app/theme.css';
import '../../../../renderer/app/mantine.css';
import {
  Button,
  Checkbox,
  MantineProvider,
  Menu,
  PasswordInput,
  Radio,
  Select,
  SegmentedControl,
  Switch,
  Tabs,
  TextInput,
  Tooltip,
} from '@mantine/core';
import { Notifications, notifications } from '@mantine/notifications';
import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import { useColorScheme } from '../../../../renderer/app/color-scheme.ts';
import { theme } from '../../../../renderer/app/theme.ts';
import { ConfirmDestructive } from '../../../../renderer/components/confirm-destructive.tsx';
import { DataTable, type Column } from '../../../../renderer/components/data-table.tsx';
import { DayLegend, DayStrip } from '../../../../renderer/components/day-strip.tsx';
import type { Day, DayState } from '../../../../renderer/components/days.ts';
import { EmptyState } from '../../../../renderer/components/empty-state.tsx';
import { ErrorNotice, Notice } from '../../../../renderer/components/error-notice.tsx';
import { JobCard } from '../../../../renderer/components/job-card.tsx';
import { Bytes, Count, Rate } from '../../../../renderer/components/numbers.tsx';
import { Fact, Facts, Page, Panel, Tag } from '../../../../renderer/components/page.tsx';
import { PathText } from '../../../../renderer/components/path-text.tsx';
import { Progress } from '../../../../renderer/components/progress.tsx';
import { Age, RelativeTime, ShortTime } from '../../../../renderer/components/relative-time.tsx';
import { ShowCommand } from '../../../../renderer/components/show-command.tsx';
import { Skeleton } from '../../../../renderer/components/skeleton.tsx';
import { Sparkline } from '../../../../renderer/components/sparkline.tsx';
import { StatusBadge, StatusMark } from '../../../../renderer/components/status-badge.tsx';
import { StepRail } from '../../../../renderer/components/step-rail.tsx';
import { Timeline } from '../../../../renderer/components/timeline.tsx';
import type { TimelinePoint } from '../../../../renderer/components/timeline-model.ts';
import { signs, type Tone } from '../../../../renderer/components/tone.ts';
import { sampleState } from '../sample-state.ts';

const now = Date.now();
const jobs = Object.values(sampleState(now).jobs);
const states: readonly DayState[] = ['complete', 'exceptions', 'partial', 'missed', 'failed', 'running', 'none'];
const days: readonly Day[] = Array.from({ length: 21 }, (_, index) => ({
  date: `${index + 1} Nov`,
  state: index < 12 ? 'complete' : (states[index - 12] ?? 'complete'),
}));
const points: readonly TimelinePoint[] = Array.from({ length: 5000 }, (_, index) => ({
  key: String(index),
  at: now - (5000 - index) * 2 * 3_600_000,
  weight: 1000 + ((index * 37) % 2200),
  tone: index % 900 === 60 ? 'held' : index % 700 === 121 ? 'partial' : 'plain',
}));

type Row = { readonly name: string; readonly size: number; readonly changed: number };
const rows: readonly Row[] = Array.from({ length: 100_000 }, (_, index) => ({
  name: index === 3 ? '<b>bold</b>\u202egpj.exe' : `file-${String(index).padStart(6, '0')}.dat`,
  size: (index * 7919) % 10_000_000,
  changed: now - index * 60_000,
}));
const columns: readonly Column<Row>[] = [
  {
    id: 'name',
    header: 'Name',
    width: 'minmax(160px, 1fr)',
    cell: ({ name }) => <PathText path={name} />,
    sortBy: ({ name }) => name,
  },
  {
    id: 'size',
    header: 'Size',
    width: '110px',
    align: 'end',
    cell: ({ size }) => <Bytes value={size} />,
    sortBy: ({ size }) => size,
  },
  { id: 'changed', header: 'Changed', width: '140px', cell: ({ changed }) => <ShortTime at={changed} /> },
];
const problem = {
  code: 'NO_SPACE',
  message: 'No space is left on /mnt/nas/backup.',
  meaning: 'The disk is full; what was complete before is unharmed.',
  action: 'Free some space and run again: what is there already is not stored a second time.',
};

function Gallery() {
  const scheme = useColorScheme();
  return (
    <MantineProvider theme={theme} forceColorScheme={scheme} withCssVariables={false} withGlobalClasses={false}>
      <Notifications position="bottom-right" />
      <main style={{ height: '100%', overflow: 'auto' }}>
        <Page
          title="Components"
          sub="Every one of them, with what is hardest on it"
          actions={
            <>
              <Button variant="filled">Protect now</Button>
              <Button>Compare…</Button>
              <ShowCommand
                commands={[['holdfast', 'restore', 'abcdef:/srv/a b', '--to', '/tmp/x']]}
                restic={[['restic', '-r', '/mnt/nas', 'restore', 'abcdef', '--target', '/tmp/x']]}
                note="The password is asked for."
              />
            </>
          }
        >
          <StepRail
            label="Restore"
            onGo={() => undefined}
            steps={[
              { id: 'what', label: 'What', state: 'done' },
              { id: 'when', label: 'When', state: 'done' },
              { id: 'where', label: 'Where', state: 'active' },
              { id: 'preflight', label: 'Preflight', state: 'todo' },
              { id: 'run', label: 'Run', state: 'todo' },
            ]}
          />
          <Picked />
          <div style={{ display: 'grid', gridTemplateColumns: '1fr 1fr 1fr', gap: 14 }}>
            <Panel title="Protection" aside={<DayLegend />}>
              <DayStrip days={days} />
              <div style={{ display: 'flex', gap: 6, flexWrap: 'wrap', marginTop: 10 }}>
                {(Object.keys(signs) as Tone[]).map((tone) => (
                  <span key={tone}>
                    <StatusMark tone={tone} label={tone} /> <StatusBadge tone={tone}>{tone}</StatusBadge>
                  </span>
                ))}
              </div>
              <Sparkline label="Duration of drills" values={[20, 22, 18, null, 24, 30, 27, 31]} limit={40} />
            </Panel>
            <Panel title="Running" marked>
              <div style={{ display: 'grid', gap: 12 }}>
                {jobs.map((job) => (
                  <JobCard key={job.id} job={job} live onCancel={() => undefined} />
                ))}
                <Progress percent={140} label="Too much" />
              </div>
            </Panel>
            <Panel title="Facts">
              <Facts>
                <Fact name="Taken">
                  <RelativeTime at={now - 7_800_000} />
                </Fact>
                <Fact name="Age">
                  <Age at={now - 7_800_000} />
                </Fact>
                <Fact name="Size">
                  <Bytes value={228_000_000_000} /> <Tag>folder</Tag>
                </Fact>
                <Fact name="Speed">
                  <Rate value={null} />
                </Fact>
                <Fact name="Files">
                  <Count value={84_120} />
                </Fact>
                <Fact name="Path">
                  <PathText
                    path="/mnt/nas/projects/a very long folder name that goes on/and another/final report.docx"
                    mono
                  />
                </Fact>
                <Fact name="Odd">
                  <PathText path={'/srv/<img src=x onerror=alert(1)>/a\u202e\nb '} mono />
                </Fact>
              </Facts>
            </Panel>
          </div>
          <ErrorNotice problem={problem} onRetry={() => undefined} />
          <Notice tone="part" title="Volumes load lazily">
            Expect slow first reads for about 20 min.
          </Notice>
          <Fields />
          <Files />
          <Panel>
            <EmptyState title="No sources yet" action={<Button variant="filled">Protect something</Button>}>
              A source is what is protected: a folder, a volume, a repository.
            </EmptyState>
            <Skeleton />
          </Panel>
        </Page>
      </main>
    </MantineProvider>
  );
}

function Picked() {
  const [selected, setSelected] = useState<string | null>('4990');
  return <Timeline label="Snapshots" points={points} selected={selected} onSelect={({ key }) => setSelected(key)} />;
}

function Files() {
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  const [opened, setOpened] = useState('');
  return (
    <Panel title={`Files, ${keys.size} selected`} aside={opened} flush>
      <DataTable
        label="Files"
        columns={columns}
        rows={rows}
        keyOf={({ name }) => name}
        onOpen={({ name }) => setOpened(name)}
        selection={{ keys, onChange: setKeys }}
        maxHeight={300}
      />
    </Panel>
  );
}

function Fields() {
  const [opened, setOpened] = useState(false);
  return (
    <Panel title="Controls">
      <div style={{ display: 'flex', gap: 12, flexWrap: 'wrap', alignItems: 'end' }}>
        <TextInput label="Name" description="Letters and digits" placeholder="finance" error="It is taken" />
        <PasswordInput label="Password" />
        <Select label="Kind" data={['Folder', 'Git']} defaultValue="Folder" />
        <SegmentedControl aria-label="View" data={['Tree', 'Table']} />
        <Switch label="Remember" />
        <Checkbox label="Verify" defaultChecked />
        <Radio label="New folder" defaultChecked />
        <Tooltip label="More about it">
          <Button disabled>Disabled</Button>
        </Tooltip>
        <Menu>
          <Menu.Target>
            <Button>More</Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item>Hold…</Menu.Item>
            <Menu.Item color="red">Remove…</Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <Button color="red" variant="filled" onClick={() => setOpened(true)}>
          Remove…
        </Button>
        <Button onClick={() => notifications.show({ title: 'Warning', message: 'Something to know', color: 'yellow' })}>
          Notify
        </Button>
      </div>
      <Tabs defaultValue="one">
        <Tabs.List>
          <Tabs.Tab value="one">One</Tabs.Tab>
          <Tabs.Tab value="two">Two</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="one">One</Tabs.Panel>
        <Tabs.Panel value="two">Two</Tabs.Panel>
      </Tabs>
      <ConfirmDestructive
        opened={opened}
        onClose={() => setOpened(false)}
        title="Remove 2 snapshots"
        goes={[
          { id: '1', name: '/mnt/nas/projects', detail: '19 Nov 18:00', bytes: 4_000_000 },
          { id: '2', name: 'finance', detail: '18 Nov 18:00', bytes: null },
        ]}
        word="2"
        verb="Remove 2 snapshots"
        busy={false}
        problem={null}
        onConfirm={() => setOpened(false)}
      >
        They cannot be had back.
      </ConfirmDestructive>
    </Panel>
  );
}

const root = document.querySelector('#root');
if (root !== null) createRoot(root).render(<Gallery />);
