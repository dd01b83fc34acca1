/** The API for programs: every call with its address, examples, a line for a shell, and how it fails. */
import { TextInput } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, type KeyboardEvent } from 'react';
import { formatCount } from '../../../shared/model/units.ts';
import { problemIn, useAnswer } from '../../client/ask.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import styles from './api.module.css';
import { byTag, found, operationsOf, type ApiDocument, type ApiOperation } from './api-model.ts';
import { OperationPanel } from './operation-panel.tsx';

const none: readonly ApiOperation[] = [];

export function ApiScreen() {
  const search = useSearch({ from: '/settings/api' });
  const navigate = useNavigate({ from: '/settings/api' });
  const answer = useAnswer(['engine.openapi'], (client, signal) => client.engine.openapi({}, { signal }), {
    staleTimeMs: Infinity,
  });
  const document = answer.data?.document as ApiDocument | undefined;
  const all = useMemo(() => (document === undefined ? none : operationsOf(document)), [document]);
  const words = search.find ?? '';
  const shown = useMemo(() => found(all, words), [all, words]);
  const current = shown.find(({ id }) => id === search.call) ?? shown[0];
  const problem = problemIn(answer);
  const go = (next: { find?: string; call?: string }) =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true });
  return (
    <Page
      title="API for programs"
      sub={`${placeOf(document)}A program signs in with an API token (Settings, Access).`}
      fill
    >
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      {answer.isPending ? <Skeleton lines={10} /> : null}
      {document === undefined ? null : (
        <div className={styles['columns']}>
          <nav className={styles['list']} aria-label="Calls">
            <TextInput
              aria-label="Find a call"
              placeholder="Find: restore, /jobs, TOKEN_EXISTS"
              value={words}
              onChange={(event) => go({ find: event.currentTarget.value })}
              data-autofocus
            />
            <p className={styles['count']} role="status">
              {formatCount(shown.length)} of {formatCount(all.length)} calls
            </p>
            <CallList operations={shown} current={current} onOpen={(call) => go({ call })} />
          </nav>
          <div className={styles['detail']}>
            {current === undefined ? (
              <Panel>
                <EmptyState title="No call is called so">Search for a word of its name, address or failure.</EmptyState>
              </Panel>
            ) : (
              <OperationPanel operation={current} server={document.servers?.[0]?.url ?? ''} />
            )}
          </div>
        </div>
      )}
    </Page>
  );
}

/** The one that an address names may be far below. */
function intoView(button: HTMLButtonElement | null): void {
  button?.scrollIntoView({ block: 'nearest' });
}

const steps: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowDown: (at, last) => Math.min(at + 1, last),
  ArrowUp: (at) => Math.max(at - 1, 0),
  Home: () => 0,
  End: (_, last) => last,
};

function moveFocus(event: KeyboardEvent<HTMLButtonElement>): void {
  const step = steps[event.key];
  const calls = [...(event.currentTarget.closest('[data-calls]')?.querySelectorAll('button') ?? [])];
  const at = calls.indexOf(event.currentTarget);
  if (step === undefined || at < 0) return;
  event.preventDefault();
  calls[step(at, calls.length - 1)]?.focus();
}

type CallListProps = {
  readonly operations: readonly ApiOperation[];
  readonly current: ApiOperation | undefined;
  readonly onOpen: (id: string) => void;
};

/** Three hundred calls are one stop of the Tab key; arrows go through them. */
function CallList({ operations, current, onOpen }: CallListProps) {
  return (
    <div className={styles['calls']} tabIndex={-1} data-calls>
      {[...byTag(operations)].map(([tag, own]) => (
        <section key={tag} aria-label={tag}>
          <h2>{tag}</h2>
          <ul>
            {own.map((one) => (
              <li key={one.id}>
                <button
                  ref={one.id === current?.id ? intoView : undefined}
                  type="button"
                  tabIndex={one.id === current?.id ? 0 : -1}
                  onKeyDown={moveFocus}
                  aria-current={one.id === current?.id ? 'true' : undefined}
                  onClick={() => onOpen(one.id)}
                >
                  <span>{one.summary}</span>
                  <code>
                    {one.method} {one.path}
                  </code>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function placeOf(document: ApiDocument | undefined): string {
  const [version, address] = [document?.info?.version, document?.servers?.[0]?.url];
  return version === undefined || address === undefined ? '' : `Version ${version}, at ${address}. `;
}
