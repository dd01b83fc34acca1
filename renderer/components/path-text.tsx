/** A path or name from outside, as text and nothing but text: odd characters spelled out, the middle left out where it is long. */
import styles from './path-text.module.css';
import { visibleParts, visibleText } from './visible-text.ts';

type PathTextProps = {
  readonly path: string;
  /** Keeps the last part whole and shortens what is before it. On by default; off for plain names. */
  readonly shorten?: boolean;
  readonly mono?: boolean;
  readonly className?: string | undefined;
};

export function PathText({ path, shorten = true, mono = false, className }: PathTextProps) {
  const cut = shorten && path.length > 1 ? path.lastIndexOf('/', path.length - 2) + 1 : 0;
  const classes = [styles['path'], mono ? styles['mono'] : undefined, className].filter(Boolean).join(' ');
  return (
    <bdi className={classes} title={visibleText(path)}>
      {cut > 0 ? (
        <span className={styles['head']}>
          <Parts text={path.slice(0, cut)} />
        </span>
      ) : null}
      <span className={styles['tail']}>
        <Parts text={path.slice(cut)} />
      </span>
    </bdi>
  );
}

function Parts({ text }: { readonly text: string }) {
  let position = 0;
  return visibleParts(text).map((part) => {
    const key = position;
    position += part.text.length;
    return part.odd ? (
      <span key={key} className={styles['odd']}>
        {part.text}
      </span>
    ) : (
      part.text
    );
  });
}
