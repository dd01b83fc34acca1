/** Where in a commit one is: each folder on the way as a button. */
import { PathText } from '../../../components/path-text.tsx';
import { treeWays } from './git-view.ts';
import styles from './git.module.css';

type TreeWaysProps = {
  /** Without a slash at its start; empty: the whole tree. */
  readonly path: string;
  readonly onGo: (folder: string) => void;
  readonly children?: React.ReactNode;
};

export function TreeWays({ path, onGo, children }: TreeWaysProps) {
  const ways = treeWays(path);
  return (
    <div className={styles['bar']}>
      <nav className={styles['ways']} aria-label="Folder of the commit">
        {ways.length === 0 ? (
          <strong aria-current="location">/</strong>
        ) : (
          <button type="button" onClick={() => onGo('')}>
            /
          </button>
        )}
        {ways.map((way, index) =>
          index === ways.length - 1 ? (
            <strong key={way.path} aria-current="location">
              <PathText path={way.name} shorten={false} />
            </strong>
          ) : (
            <span key={way.path}>
              <button type="button" onClick={() => onGo(way.path)}>
                <PathText path={way.name} shorten={false} />
              </button>
              /
            </span>
          ),
        )}
      </nav>
      {children}
    </div>
  );
}
