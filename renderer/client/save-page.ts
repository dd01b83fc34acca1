/** A file that the page hands to whoever sits before it: by the desktop's dialog, else as a browser saves one. */
import { desktopHost } from './host.ts';

export async function savePage(name: string, content: string): Promise<void> {
  const host = desktopHost();
  if (host !== null) {
    await host.saveFile({ name, content });
    return;
  }
  const url = URL.createObjectURL(new Blob([content], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
