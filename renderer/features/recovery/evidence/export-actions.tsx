/** A record as a file: to be printed, kept, or verified elsewhere. */
import { Button } from '@mantine/core';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { desktopHost } from '../../../client/host.ts';
import { saveBytes, saveText } from '../../../client/save-text.ts';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import styles from '../recovery.module.css';

type Format = 'html' | 'json' | 'pdf';

const words: Readonly<Record<Format, string>> = { html: 'Save to print', pdf: 'Save as PDF', json: 'Save as JSON' };

export function ExportActions({ id }: { readonly id: string }) {
  const order = useOrder(async (client, format: Format) => {
    const { name, mediaType, content } = await client.evidence.document({ id, format });
    const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
    if (format === 'pdf') saveBytes(name, mediaType, bytes);
    else await saveText(name, 'text/html', new TextDecoder().decode(bytes));
  });
  const problem = problemIn(order);
  // The dialog of the desktop saves texts; the page that is printed says the same.
  const formats: readonly Format[] = desktopHost() === null ? ['html', 'pdf', 'json'] : ['html', 'json'];
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
