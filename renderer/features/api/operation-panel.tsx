/** One call of the API: what it does, who may, what is sent and answered, and what goes wrong. */
import type { ReactNode } from 'react';
import { roles } from '../../../shared/model/roles.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { Fact, Facts, Panel, Tag } from '../../components/page.tsx';
import { roleName } from '../../components/role-words.ts';
import styles from './api.module.css';
import { curlOf, type ApiFailure, type ApiOperation, type ApiParameter } from './api-model.ts';

type OperationPanelProps = { readonly operation: ApiOperation; readonly server: string };

export function OperationPanel({ operation, server }: OperationPanelProps) {
  const { id, method, path, summary, about, role, parameters, request, answer, isStream, failures } = operation;
  const known = roles.find((one) => one === role);
  return (
    <>
      <Panel title={summary}>
        <p className={styles['address']}>
          <Tag>{method}</Tag> <code>{path}</code>
        </p>
        {about.map((paragraph) => (
          <p key={paragraph} className={styles['about']}>
            {paragraph}
          </p>
        ))}
        <Facts>
          <Fact name="Asks for the role">{known === undefined ? role : `${roleName(known)} (${known})`}</Fact>
          <Fact name="Name">
            <code>{id}</code>
          </Fact>
          <Fact name="Answers with">{isStream ? 'a stream of events (text/event-stream)' : 'JSON'}</Fact>
        </Facts>
      </Panel>
      <Code title="Shell" what="command" text={curlOf(operation, server)} wrap />
      {parameters.length === 0 ? null : <Parameters parameters={parameters} />}
      {request === null ? null : <Code title="Request" what="request" text={request} />}
      {answer === null ? null : <Code title={isStream ? 'One event' : 'Answer'} what="answer" text={answer} />}
      <Failures failures={failures} />
    </>
  );
}

type CodeProps = { readonly title: string; readonly what: string; readonly text: string; readonly wrap?: boolean };

function Code({ title, what, text, wrap }: CodeProps) {
  return (
    <Panel title={title} aside={<CopyButton text={text} what={what} />}>
      <pre className={styles['code']} data-wrap={wrap === true || undefined} tabIndex={0} aria-label={title}>
        {text}
      </pre>
    </Panel>
  );
}

function Parameters({ parameters }: { readonly parameters: readonly ApiParameter[] }) {
  return (
    <Panel title="Parameters">
      <Table label="Parameters" heads={['Name', 'In', 'Type', 'What it is']}>
        {parameters.map(({ name, where, required, type, about }) => (
          <tr key={`${where} ${name}`}>
            <td>
              <code>{name}</code>
              {required ? null : ' (optional)'}
            </td>
            <td>{where}</td>
            <td>{type}</td>
            <td>{about}</td>
          </tr>
        ))}
      </Table>
    </Panel>
  );
}

function Failures({ failures }: { readonly failures: readonly ApiFailure[] }) {
  return (
    <Panel title="Failures" aside="each says what happened, what it means, and what to do">
      <Table label="Failures" heads={['Status', 'Code', 'Means']}>
        {failures.flatMap(({ status, codes }) =>
          codes.map(({ code, means }) => (
            <tr key={`${status} ${code}`}>
              <td>{status}</td>
              <td>
                <code>{code}</code>
              </td>
              <td>{means}</td>
            </tr>
          )),
        )}
      </Table>
    </Panel>
  );
}

type TableProps = { readonly label: string; readonly heads: readonly string[]; readonly children: ReactNode };

function Table({ label, heads, children }: TableProps) {
  return (
    <div className={styles['wide']} tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
