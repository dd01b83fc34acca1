/** The folders and files of a source: chosen, typed, taken out again, and what was found of each. */
import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { PathText } from './path-text.tsx';
import { pathFault, plainPath, withPath } from './source-draft.ts';
import styles from './source-form.module.css';
import { visibleText } from './visible-text.ts';

export type PathFact = {
  readonly path: string;
  readonly type: 'folder' | 'file' | 'other' | 'missing' | 'unreadable';
  readonly mount: { readonly path: string; readonly kind: string } | null;
  readonly empty: boolean;
};

type PathsFieldProps = {
  readonly paths: readonly string[];
  readonly onChange: (paths: readonly string[]) => void;
  readonly onChoose: () => void;
  readonly facts: readonly PathFact[];
};

export function PathsField({ paths, onChange, onChoose, facts }: PathsFieldProps) {
  const [typed, setTyped] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const add = () => {
    if (typed.trim() === '') return;
    const wrong = pathFault(typed, paths);
    setFault(wrong);
    if (wrong !== null) return;
    onChange(withPath(paths, typed));
    setTyped('');
  };
  return (
    <div>
      {paths.length === 0 ? null : (
        <ul className={styles['paths']} aria-label="Chosen">
          {paths.map((path) => (
            <li key={path}>
              <PathText path={path} mono />
              <Fact fact={facts.find((one) => one.path === path)} />
              <Button
                size="compact-xs"
                variant="subtle"
                aria-label={`Take out ${visibleText(path)}`}
                onClick={() => onChange(paths.filter((other) => other !== path))}
              >
                Take out
              </Button>
            </li>
          ))}
        </ul>
      )}
      <div className={styles['add']}>
        <TextInput
          aria-label="Path of a folder or file"
          placeholder="/home/me/documents"
          value={typed}
          error={fault}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setFault(null);
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            add();
          }}
        />
        <Button onClick={add} disabled={plainPath(typed) === ''}>
          Add
        </Button>
        <Button onClick={onChoose} variant={paths.length === 0 ? 'filled' : 'default'}>
          Choose folder…
        </Button>
      </div>
    </div>
  );
}

function Fact({ fact }: { readonly fact: PathFact | undefined }) {
  if (fact === undefined) return <span className={styles['fact']} />;
  const { words, tone } = sayPath(fact);
  return (
    <span className={styles['fact']} data-tone={tone}>
      {words}
    </span>
  );
}

/** What was found at a path, where it is more than a plain folder. */
export function sayPath({ type, mount, empty }: PathFact): { words: string; tone: 'fail' | 'part' | undefined } {
  if (type === 'missing') return { words: 'not there', tone: 'fail' };
  if (type === 'unreadable') return { words: 'cannot be read', tone: 'fail' };
  if (type === 'folder' && empty) return { words: 'empty folder', tone: 'part' };
  if (type === 'other') return { words: 'neither folder nor file', tone: undefined };
  const on = mount === null ? '' : `, on ${visibleText(mount.kind)}`;
  return { words: `${type}${on}`, tone: undefined };
}
