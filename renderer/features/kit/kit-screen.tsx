/** Reads a recovery kit: where the repository lies, what was in it, and the two ways back. Nothing is opened by reading it. */
import { Button, FileButton } from '@mantine/core';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { KitFacts } from './kit-facts.tsx';
import { useKit } from './use-kit.ts';

export function KitScreen() {
  const { read, isReading, problem, open } = useKit();
  const choose = (file: File | null): void => {
    // What is longer than any kit is not read into the page.
    if (file !== null)
      void (file.size > longestKit ? Promise.resolve(null) : file.text()).then((text) =>
        open({ name: file.name, text }),
      );
  };
  const button = (variant: 'filled' | 'default') => (
    <FileButton accept=".holdfast-kit,application/json" onChange={choose}>
      {(props) => (
        <Button {...props} variant={variant}>
          {read === null ? 'Open a kit…' : 'Open another…'}
        </Button>
      )}
    </FileButton>
  );
  return (
    <Page
      title="Recovery kit"
      sub={
        read === null ? undefined : (
          <>
            {visibleText(read.name)}, made <RelativeTime at={read.kit.madeAt} /> on {visibleText(read.kit.hostname)} by{' '}
            {visibleText(read.kit.madeBy)}
          </>
        )
      }
      actions={read === null ? undefined : button('default')}
    >
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {isReading ? (
        <Skeleton lines={6} />
      ) : read === null || problem !== null ? (
        <Panel>
          <EmptyState title="No kit is open" action={button('filled')}>
            A recovery kit says where a repository lies, what is in it, and how it comes back. Choose the file that ends
            in <code>.holdfast-kit</code>. A kit on paper says the same:{' '}
            <a href="#/welcome?door=recover">enter its place by hand</a>.
          </EmptyState>
        </Panel>
      ) : (
        <KitFacts kit={read.kit} />
      )}
    </Page>
  );
}

/** In bytes; the engine refuses less. */
const longestKit = 16 * 1024 * 1024;
