/** The frame of a screen: its heading, and panels below it. */
import type { ReactNode } from 'react';
import styles from './page.module.css';

type PageProps = {
  readonly title: ReactNode;
  /** For the window, where the title is no plain text. */
  readonly windowTitle?: string;
  /** One line on what this is about now. */
  readonly sub?: ReactNode;
  readonly actions?: ReactNode;
  /** Before the title, as the mark of a verdict. */
  readonly mark?: ReactNode;
  /** The screen fills the window and scrolls inside, as tables do. */
  readonly fill?: boolean;
  readonly children: ReactNode;
};

export function Page({ title, windowTitle, sub, actions, mark, fill = false, children }: PageProps) {
  const named = windowTitle ?? (typeof title === 'string' ? title : null);
  return (
    <div className={styles['page']} data-fill={fill || undefined}>
      <title>{named === null ? 'Holdfast' : `${named} · Holdfast`}</title>
      <header className={styles['header']}>
        {mark}
        <div className={styles['heading']}>
          <h1>{title}</h1>
          {sub === undefined ? null : <div className={styles['sub']}>{sub}</div>}
        </div>
        {actions === undefined ? null : <div className={styles['actions']}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

type PanelProps = {
  readonly title?: ReactNode;
  /** At the right of the title: a legend, a link. */
  readonly aside?: ReactNode;
  /** Without the inner margin, as around a table that reaches the border. */
  readonly flush?: boolean;
  /** Takes the height that is left and scrolls inside. */
  readonly fill?: boolean;
  /** Draws the eye: the basket, a step that waits for somebody. */
  readonly marked?: boolean;
  readonly className?: string | undefined;
  readonly children: ReactNode;
};

export function Panel({ title, aside, flush, fill, marked, className, children }: PanelProps) {
  return (
    <section
      className={[styles['panel'], className].filter(Boolean).join(' ')}
      data-flush={flush === true || undefined}
      data-fill={fill === true || undefined}
      data-marked={marked === true || undefined}
    >
      {title === undefined && aside === undefined ? null : (
        <div className={styles['panelHead']}>
          <h2>{title}</h2>
          <div className={styles['aside']}>{aside}</div>
        </div>
      )}
      {children}
    </section>
  );
}

/** Facts with their names: two columns, the names dim. */
export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className={styles['facts']}>{children}</dl>;
}

export function Fact({ name, children }: { readonly name: ReactNode; readonly children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** A kind or another plain word beside a name. */
export function Tag({ children }: { readonly children: ReactNode }) {
  return <span className={styles['tag']}>{children}</span>;
}
