/** What became of a change of the configuration in the repository, where there is anything to say about it. */
import { notifications } from '@mantine/notifications';
import type { Saved } from '../../shared/contract/configuration.ts';
import { Notice } from './error-notice.tsx';
import { visibleText } from './visible-text.ts';

/** Whether somebody has to hear of it. */
export function saysSomething({ saved, notices }: Saved): boolean {
  return !saved || notices.length > 0;
}

export function SavedNotice({ saved: { saved, notices } }: { readonly saved: Saved }) {
  return (
    <Notice
      tone={saved ? 'none' : 'part'}
      title={saved ? 'Saved' : 'Changed here; the repository does not have it yet'}
    >
      {notices.map((text) => (
        <div key={text}>{visibleText(text)}</div>
      ))}
    </Notice>
  );
}

/** The same where the screen is left at once. */
export function tellSaved(result: Saved): void {
  if (!saysSomething(result)) return;
  notifications.show({
    title: result.saved ? 'Saved' : 'Changed here; the repository does not have it yet',
    message: result.notices.map(visibleText).join(' '),
    autoClose: false,
  });
}
