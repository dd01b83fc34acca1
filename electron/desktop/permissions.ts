/** What a page may ask the browser for. All is refused but what has `allow`; each line says why. Nor does it reach a network. */
import type { Session } from 'electron';
import { consoleOrigin } from './address.ts';

export type Permission = Parameters<NonNullable<Parameters<Session['setPermissionRequestHandler']>[0]>>[1];

type Ruling = { readonly allow: boolean; readonly why: string };

const never = (why: string): Ruling => ({ allow: false, why });

export const permissionTable: Readonly<Record<Permission, Ruling>> = {
  'clipboard-sanitized-write': { allow: true, why: 'commands and paths are copied by a button' },
  ar: never('nothing here is seen through glasses'),
  'automatic-fullscreen': never('a window is made larger by its user'),
  'background-fetch': never('the page loads nothing; the engine works in the background'),
  'background-sync': never('the page loads nothing; the engine works in the background'),
  'captured-surface-control': never('no screen is captured'),
  'clipboard-read': never('what others have copied is none of our business; pasting needs no permission'),
  'deprecated-sync-clipboard-read': never('what others have copied is none of our business'),
  'display-capture': never('no screen is captured'),
  fileSystem: never('folders are chosen through the host, files are read by the engine'),
  fullscreen: never('a window is made larger by its user'),
  geolocation: never('it does not matter where the machine stands'),
  'geolocation-approximate': never('it does not matter where the machine stands'),
  'hand-tracking': never('nothing here is seen through glasses'),
  hid: never('no device is talked to'),
  'idle-detection': never('nobody is watched'),
  keyboardLock: never('keys belong to the system'),
  'local-fonts': never('the page uses fonts by name, and does not need the list of them'),
  'local-network': never('the page talks to nobody; the engine does, to what was configured'),
  'local-network-access': never('the page talks to nobody; the engine does, to what was configured'),
  'loopback-network': never('the page has a port to the engine'),
  media: never('there is nothing to see or to hear'),
  mediaKeySystem: never('there is nothing to play'),
  midi: never('there is nothing to play'),
  midiSysex: never('there is nothing to play'),
  nfc: never('no device is talked to'),
  notifications: never('the main process notifies, also when no page is there'),
  openExternal: never('nothing is opened by an address that may come from a repository'),
  'payment-handler': never('nothing is paid'),
  'periodic-background-sync': never('the page loads nothing; the engine works in the background'),
  'persistent-storage': never('the page keeps a few preferences; the engine keeps the rest'),
  pointerLock: never('the pointer belongs to its user'),
  'screen-wake-lock': never('the main process keeps the machine awake while a job runs'),
  sensors: never('it does not matter how the machine lies'),
  serial: never('no device is talked to'),
  'smart-card': never('no device is talked to'),
  'speaker-selection': never('there is nothing to hear'),
  'storage-access': never('nothing is embedded'),
  'system-wake-lock': never('the main process keeps the machine awake while a job runs'),
  'top-level-storage-access': never('nothing is embedded'),
  usb: never('no device is talked to'),
  vr: never('nothing here is seen through glasses'),
  'web-app-installation': never('it is installed already'),
  'web-printing': never('the system prints'),
  'window-management': never('windows are placed by the main process'),
  unknown: never('what is not known is not allowed'),
};

export function isAllowed(permission: string, origin: string): boolean {
  if (origin.replace(/\/$/, '') !== consoleOrigin || !Object.hasOwn(permissionTable, permission)) return false;
  return permissionTable[permission as Permission].allow;
}

export type GuardedSession = Pick<
  Session,
  | 'setPermissionRequestHandler'
  | 'setPermissionCheckHandler'
  | 'setDevicePermissionHandler'
  | 'setDisplayMediaRequestHandler'
  | 'on'
> & { readonly webRequest: Pick<Session['webRequest'], 'onBeforeRequest'> };

/** All there is beyond the files of the page; its own scheme and the tools for developers remain. */
const elsewhere: readonly string[] = ['http:', 'https:', 'ws:', 'wss:', 'ftp:', 'file:'];

export function guardPermissions(session: GuardedSession): void {
  session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    answer(details.isMainFrame && isAllowed(permission, originOf(details.requestingUrl)));
  });
  session.setPermissionCheckHandler((_contents, permission, origin, details) => {
    return details.isMainFrame && isAllowed(permission, origin);
  });
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer(null));
  // Files are saved through the host, where the person has been asked.
  session.on('will-download', (event) => event.preventDefault());
  // The policy of the page says so too; this holds also where that has been got around.
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    const protocol = URL.parse(url)?.protocol;
    answer({ cancel: protocol === undefined || elsewhere.includes(protocol) });
  });
}

/** `URL.origin` is `null` for a scheme of one's own. */
function originOf(address: string): string {
  const url = URL.parse(address);
  return url === null ? '' : `${url.protocol}//${url.host}`;
}
