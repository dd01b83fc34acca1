/** The text of a file, line by line, any number of them: what hides in it is spelled out. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef } from 'react';
import { formatCount } from '../../../../shared/model/units.ts';
import { codeLine, linesOfText } from '../../../components/visible-code.ts';
import styles from './git.module.css';

const lineHeight = 18;

export function TextView({ label, text }: { readonly label: string; readonly text: string }) {
  const scroller = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => linesOfText(text), [text]);
  // oxlint-disable-next-line react/incompatible-library -- no compiler memoises this
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    overscan: 20,
    useFlushSync: false,
  });
  return (
    <div ref={scroller} className={styles['code']} tabIndex={0} role="region" aria-label={label}>
      <div className={styles['lines']} style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => (
          <div key={index} className={styles['line']} style={{ transform: `translateY(${start}px)` }}>
            <span className={styles['number']} aria-hidden="true">
              {index + 1}
            </span>
            <Line text={lines[index] ?? ''} />
          </div>
        ))}
      </div>
    </div>
  );
}

function Line({ text }: { readonly text: string }) {
  const { parts, cut } = codeLine(text);
  return (
    <bdi>
      {parts.map((part) =>
        part.odd ? (
          <span key={part.start} className={styles['odd']}>
            {part.text}
          </span>
        ) : (
          part.text
        ),
      )}
      {cut === 0 ? null : <span className={styles['dim']}> … {formatCount(cut)} characters more</span>}
    </bdi>
  );
}
