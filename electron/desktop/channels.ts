/** What travels between the preload and the main process: one port, and the few things a page cannot do itself. */

export const channels = {
  /** The page is loaded and asks for its port. */
  connect: 'holdfast:connect',
  /** Carries the port. The preload delivers it to the page under the same name. */
  port: 'holdfast:port',
  pickFolders: 'holdfast:pick-folders',
  saveFile: 'holdfast:save-file',
  reveal: 'holdfast:reveal',
  settings: 'holdfast:settings',
  changeSettings: 'holdfast:change-settings',
  update: 'holdfast:update',
  openedKit: 'holdfast:opened-kit',
  /** Carries the settings to the page, when they have changed. */
  settingsChanged: 'holdfast:settings-changed',
  /** Carries the address of a screen to the page, which goes there. */
  goTo: 'holdfast:go-to',
} as const;

/** The name under which the page finds its host. */
export const hostName = 'holdfastHost';
