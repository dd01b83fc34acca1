/** Listens for the keys of shortcuts.ts on the whole page. */
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { secondKeyMs, shortcutFor } from './shortcuts.ts';

type Doings = { readonly openPalette: () => void; readonly openHelp: () => void };

export function useShortcuts({ openPalette, openHelp }: Doings): void {
  const navigate = useNavigate();
  useEffect(() => {
    let gAt = -Infinity;
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const shortcut = shortcutFor(
        {
          key: event.key,
          ctrlOrMeta: event.ctrlKey || event.metaKey,
          alt: event.altKey,
          typing: isTyping(event.target),
        },
        event.timeStamp - gAt < secondKeyMs,
      );
      gAt = shortcut?.does === 'wait' ? event.timeStamp : -Infinity;
      if (shortcut === null || shortcut.does === 'wait') return;
      event.preventDefault();
      switch (shortcut.does) {
        case 'go':
          void navigate({ to: shortcut.path });
          break;
        case 'help':
          openHelp();
          break;
        case 'palette':
          openPalette();
          break;
        case 'search':
          if (!focusSearch()) openPalette();
          break;
      }
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [navigate, openPalette, openHelp]);
}

/** A screen marks its search field with `data-page-search`. */
function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>('main [data-page-search]');
  field?.focus();
  field?.select();
  return field !== null;
}

function isTyping(target: EventTarget | null): boolean {
  if (document.querySelector('[role="dialog"]') !== null) return true;
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest('input:not([type="checkbox"], [type="radio"]), textarea, select') !== null)
  );
}
