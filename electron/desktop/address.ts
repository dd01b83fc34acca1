/** The address of the console's page inside the desktop, and who counts as that page. */

export const scheme = 'holdfast';
export const consoleOrigin = 'holdfast://console';
export const consoleAddress = `${consoleOrigin}/`;

/** Of a frame, what tells whether it is our page. */
export type FrameLike = { readonly origin: string; readonly parent: object | null };

/** Only the page itself, in the frame of the window: nothing embedded, nothing from elsewhere, nothing that is gone. */
export function isOurPage(frame: FrameLike | null): boolean {
  return frame !== null && frame.parent === null && frame.origin === consoleOrigin;
}
