/** The recovery kit: a page that lets a stranger recover with stock tools. Offered once there is something to recover. */
import { Button } from '@mantine/core';
import { problemIn, useOrder } from '../../client/ask.ts';
import { saveText } from '../../client/save-text.ts';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { ShowCommand } from '../../components/show-command.tsx';

export function KitOffer({ repository }: { readonly repository: string }) {
  const kit = useOrder(async (client, page: 'html' | 'text') => {
    const made = await client.recoveryKit.make({ repository: { id: repository }, kept: true });
    return page === 'html'
      ? saveText('holdfast-recovery-kit.html', 'text/html', made.html)
      : saveText('holdfast-recovery-kit.txt', 'text/plain', made.text);
  });
  const problem = problemIn(kit);
  return (
    <>
      <Notice
        tone={kit.data === true ? 'good' : 'part'}
        title={kit.data === true ? 'The recovery kit is saved' : 'Save the recovery kit'}
        actions={
          <>
            <ShowCommand commands={[['holdfast', 'recovery-kit', '--html', 'holdfast-recovery-kit.html']]} />
            <Button loading={kit.isPending} onClick={() => kit.mutate('text')}>
              Text
            </Button>
            <Button variant="filled" loading={kit.isPending} onClick={() => kit.mutate('html')}>
              Page to print
            </Button>
          </>
        }
      >
        Where the repository lies, what is in it, and how restic brings it back without Holdfast. It holds no password:
        print it, and keep it with the note of the password, away from this machine.
      </Notice>
      {problem === null ? null : <ErrorNotice problem={problem} />}
    </>
  );
}
