/** Keys that do something, as `Ctrl K` or `g s`. */
import styles from './key-hint.module.css';

const isMac = /mac|iphone|ipad/i.test(globalThis.navigator?.userAgent ?? '');

/** `Mod` is Ctrl, or ⌘ on a Mac. */
export function KeyHint({ keys }: { readonly keys: string }) {
  return (
    <span className={styles['keys']}>
      {keys.split(' ').map((key) => (
        <kbd key={key}>{key === 'Mod' ? (isMac ? '⌘' : 'Ctrl') : key}</kbd>
      ))}
    </span>
  );
}
