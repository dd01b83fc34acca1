/** Ctrl or Cmd+K: finds sources, jobs, snapshots, files and actions by their words, and goes there or does it. */
import { Modal } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { matchItems, type PaletteItem } from '../client/actions.ts';
import { KeyHint } from '../components/key-hint.tsx';
import { visibleText } from '../components/visible-text.ts';
import styles from './command-palette.module.css';
import { useFileFinder, useFound, usePaletteItems } from './palette-items.ts';

type CommandPaletteProps = { readonly opened: boolean; readonly onClose: () => void; readonly onHelp: () => void };

const shown = 60;

export function CommandPalette({ opened, onClose, onHelp }: CommandPaletteProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      withCloseButton={false}
      returnFocus={false}
      centered={false}
      yOffset="8vh"
      size={620}
      padding={0}
      // Whoever types at once must not lose the first letters to a transition.
      transitionProps={{ duration: 0 }}
      attributes={{ content: { 'aria-label': 'Find anything' } }}
    >
      <Palette onClose={onClose} onHelp={onHelp} />
    </Modal>
  );
}

function Palette({ onClose, onHelp }: Omit<CommandPaletteProps, 'opened'>) {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const [settled] = useDebouncedValue(text.trim(), 120);
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  // The field takes the focus before the dialog could see who had it, so it is given back from here.
  useLayoutEffect(() => {
    const before = document.activeElement;
    field.current?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  useFileFinder();
  const known = usePaletteItems(onHelp);
  const { items: found, searching } = useFound(settled);
  const items = grouped([...matchItems(known, text, shown), ...found]);
  const active = Math.min(chosen, items.length - 1);
  const optionId = (index: number) => `${id}-option-${index}`;

  const run = (item: PaletteItem | undefined) => {
    if (item === undefined) return;
    onClose();
    item.run();
  };
  const choose = (index: number) => {
    setChosen(index);
    document.getElementById(optionId(index))?.scrollIntoView({ block: 'nearest' });
  };
  const press = (event: KeyboardEvent) => {
    const { key } = event;
    if (key === 'Enter') run(items[active]);
    else if (key === 'ArrowDown') choose(active + 1 >= items.length ? 0 : active + 1);
    else if (key === 'ArrowUp') choose(active <= 0 ? items.length - 1 : active - 1);
    else return;
    event.preventDefault();
  };
  return (
    <div className={styles['palette']}>
      <input
        ref={field}
        className={styles['input']}
        role="combobox"
        aria-label="Find a source, snapshot, file or action"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={active < 0 ? undefined : optionId(active)}
        aria-autocomplete="list"
        placeholder="Find a source, snapshot, file or action"
        autoComplete="off"
        spellCheck={false}
        data-autofocus
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setChosen(0);
        }}
        onKeyDown={press}
      />
      <div id={`${id}-list`} className={styles['list']} role="listbox" aria-label="Found">
        {items.map((item, index) => (
          <Option
            key={item.id}
            id={optionId(index)}
            item={item}
            heading={items[index - 1]?.group === item.group ? null : item.group}
            active={index === active}
            onChoose={() => setChosen(index)}
            onRun={() => run(item)}
          />
        ))}
      </div>
      {items.length === 0 ? (
        <div className={styles['none']} role="status">
          {searching ? 'Searching…' : `Nothing is called so: ${visibleText(text)}`}
        </div>
      ) : null}
      <div className={styles['foot']}>
        <KeyHint keys="↑ ↓" /> choose <KeyHint keys="Enter" /> go <KeyHint keys="Esc" /> close
      </div>
    </div>
  );
}

type OptionProps = {
  readonly id: string;
  readonly item: PaletteItem;
  readonly heading: string | null;
  readonly active: boolean;
  readonly onChoose: () => void;
  readonly onRun: () => void;
};

function Option({ id, item, heading, active, onChoose, onRun }: OptionProps) {
  return (
    <>
      {heading === null ? null : (
        <div className={styles['heading']} role="presentation">
          {heading}
        </div>
      )}
      {/* The keys go to the field, which names the option that is active. */}
      {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus */}
      <div
        id={id}
        role="option"
        aria-selected={active}
        className={styles['option']}
        data-active={active || undefined}
        onPointerMove={onChoose}
        onClick={onRun}
      >
        <span className={styles['title']}>{visibleText(item.title)}</span>
        {item.detail === undefined ? null : <span className={styles['detail']}>{visibleText(item.detail)}</span>}
        {item.keys === undefined ? null : <KeyHint keys={item.keys} />}
      </div>
    </>
  );
}

/** Groups stay together, in the order in which each first occurs. */
function grouped(items: readonly PaletteItem[]): readonly PaletteItem[] {
  return [...Map.groupBy(items, ({ group }) => group).values()].flat();
}
