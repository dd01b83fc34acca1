/** The few things that a page cannot do itself, for our page alone: dialogs, places, the choices of the desktop. */
import { writeFile } from 'node:fs/promises';
import { basename, isAbsolute } from 'node:path';
import type { BrowserWindow, Dialog, IpcMain, Shell } from 'electron';
import { z } from 'zod';
import type { DesktopChange } from '../../shared/model/desktop-settings.ts';
import { isOurPage } from './address.ts';
import { channels } from './channels.ts';
import type { DesktopSettingsBook } from './desktop-settings.ts';

export type HostParts = {
  readonly ipcMain: Pick<IpcMain, 'handle'>;
  readonly dialog: Pick<Dialog, 'showOpenDialog' | 'showSaveDialog'>;
  readonly shell: Pick<Shell, 'showItemInFolder'>;
  /** Dialogs belong to it. */
  readonly window: () => BrowserWindow | null;
  readonly settings: Pick<DesktopSettingsBook, 'look' | 'change'>;
};

const pickSchema = z.object({ title: z.string().max(200), several: z.boolean() });
/** A name without a place in it, and without marks that turn its end around in a dialog. */
const nameSchema = z
  .string()
  .max(200)
  .transform((name) => basename(name.replaceAll('\\', '/').replaceAll(/[\p{Cc}\p{Cf}]/gu, '')))
  .refine((name) => !['', '.', '..'].includes(name));
const saveSchema = z.object({
  name: nameSchema,
  content: z.string().max(64 * 1024 * 1024),
  /** Of the content; text without it. */
  encoding: z.literal('base64').optional(),
});
const pathSchema = z
  .string()
  .max(4096)
  .refine((path) => isAbsolute(path) && !path.includes('\0'));

/** Nothing that is not known: a page of another version does not change what it did not mean. */
const changeSchema: z.ZodType<DesktopChange> = z.strictObject({
  startAtLogin: z.boolean().optional(),
  keepRunning: z.boolean().optional(),
  waitOnBattery: z.boolean().optional(),
  waitOnMetered: z.boolean().optional(),
});

export function serveHost({ ipcMain, dialog, shell, window, settings }: HostParts): void {
  const serve = <Input>(channel: string, schema: z.ZodType<Input>, answer: (input: Input) => unknown): void => {
    ipcMain.handle(channel, ({ senderFrame }, given: unknown) => {
      if (!isOurPage(senderFrame)) throw new Error('Only the console may ask for this.');
      const input = schema.safeParse(given);
      if (!input.success) throw new Error('This cannot be asked for in this way.');
      return answer(input.data);
    });
  };

  serve(channels.pickFolders, pickSchema, async ({ title, several }) => {
    const properties: ('openDirectory' | 'createDirectory' | 'showHiddenFiles' | 'multiSelections')[] = [
      'openDirectory',
      'createDirectory',
      'showHiddenFiles',
    ];
    if (several) properties.push('multiSelections');
    const parent = window();
    const options = { title, properties };
    const { canceled, filePaths } =
      parent === null ? await dialog.showOpenDialog(options) : await dialog.showOpenDialog(parent, options);
    return canceled ? [] : filePaths;
  });

  serve(channels.saveFile, saveSchema, async ({ name, content, encoding }) => {
    const parent = window();
    // A name is a name: the place is chosen by the person alone.
    const options = { defaultPath: name };
    const { canceled, filePath } =
      parent === null ? await dialog.showSaveDialog(options) : await dialog.showSaveDialog(parent, options);
    if (canceled || filePath === '') return false;
    await writeFile(filePath, content, { mode: 0o600, encoding: encoding ?? 'utf8' });
    return true;
  });

  // Shown, never opened: what lies there may come from anybody.
  serve(channels.reveal, pathSchema, (path) => shell.showItemInFolder(path));

  serve(channels.settings, z.undefined(), () => settings.look());
  serve(channels.changeSettings, changeSchema, (change) => settings.change(change));
}
