/** A secret at the only moment it can be read. */
import type { ReactNode } from 'react';
import { CopyButton } from '../../components/copy-button.tsx';
import styles from './settings.module.css';

type OnceShownProps = { readonly what: string; readonly text: string; readonly children: ReactNode };

export function OnceShown({ what, text, children }: OnceShownProps) {
  return (
    <div className={styles['once']} role="group" aria-label={`The new ${what}`}>
      <code tabIndex={0}>{text}</code>
      <CopyButton text={text} what={what} />
      <div>{children}</div>
    </div>
  );
}
