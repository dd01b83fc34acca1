/** Gives a person a text, or what is none, as a file: through the dialog of the desktop, or as a download of the browser. */
import { desktopHost } from './host.ts';

/** False where they thought better of it. */
export async function saveText(name: string, type: 'text/html' | 'text/plain', content: string): Promise<boolean> {
  const host = desktopHost();
  if (host !== null) return host.saveFile({ name, content });
  saveBlob(name, new Blob([content], { type: `${type};charset=utf-8` }));
  return true;
}

/** False where they thought better of it. `content` is base64. */
export async function saveEncoded(name: string, type: string, content: string): Promise<boolean> {
  const host = desktopHost();
  if (host !== null) return host.saveFile({ name, content, encoding: 'base64' });
  const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
  saveBlob(name, new Blob([bytes], { type }));
  return true;
}

function saveBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the content by then; until it has, the address must hold.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
