/** A record as a file: to be printed, kept, or verified elsewhere. */
import { Button } from '@mantine/core';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { saveEncoded } from '../../../client/save-text.ts';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import styles from '../recovery.module.css';

const formats = ['html', 'pdf', 'json'] as const;
type Format = (typeof formats)[number];

const words: Readonly<Record<Format, string>> = { html: 'Save to print', pdf: 'Save as PDF', json: 'Save as JSON' };

export function ExportActions({ id }: { readonly id: string }) {
  const order = useOrder(async (client, format: Format) => {
    const { name, mediaType, content } = await client.evidence.document({ id, format });
    await saveEncoded(name, mediaType, content);
  });
  const problem = problemIn(order);
  return (
    <>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        {formats.map((format) => (
          <Button
            key={format}
            loading={order.isPending && order.variables === format}
            onClick={() => order.mutate(format)}
          >
            {words[format]}
          </Button>
        ))}
        <ShowCommand commands={[['holdfast', 'evidence', 'export', id, '--format', 'pdf']]} />
      </div>
    </>
  );
}
