/** Gives a person a text as a file: through the dialog of the desktop, or as a download of the browser. */
import { desktopHost } from './host.ts';

/** False where they thought better of it. */
export async function saveText(name: string, type: 'text/html' | 'text/plain', content: string): Promise<boolean> {
  const host = desktopHost();
  if (host !== null) return host.saveFile({ name, content });
  saveBlob(name, new Blob([content], { type: `${type};charset=utf-8` }));
  return true;
}

/** A file as the engine hands it over, in base64: through the dialog of the desktop, or as a download of the browser. */
export async function saveContent(name: string, type: string, content: string): Promise<boolean> {
  const host = desktopHost();
  if (host !== null) return host.saveFile({ name, content, encoding: 'base64' });
  saveBytes(
    name,
    type,
    Uint8Array.from(atob(content), (character) => character.charCodeAt(0)),
  );
  return true;
}

/** As a download of the browser. */
export function saveBytes(name: string, type: string, bytes: Uint8Array<ArrayBuffer>): void {
  saveBlob(name, new Blob([bytes], { type }));
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
