/** The picture of the tray: its state by shape and colour, for a light and for a dark bar. */
import { join } from 'node:path';
import type { NativeImage } from 'electron';
import type { TrayLevel } from './tray-state.ts';

export type IconSurroundings = { readonly platform: NodeJS.Platform; readonly isDark: boolean };

/** The file; what belongs to screens of twice the density lies beside it as `@2x`, where Electron finds it. */
export function trayIconFile(folder: string, level: TrayLevel, { platform, isDark }: IconSurroundings): string {
  // macOS colours a template itself, for whatever lies behind the bar.
  const look = platform === 'darwin' ? 'Template' : isDark ? '-dark' : '-light';
  return join(folder, 'tray', `${level}${look}.png`);
}

export function trayIcon(
  fromPath: (file: string) => NativeImage,
  folder: string,
  level: TrayLevel,
  surroundings: IconSurroundings,
): NativeImage {
  const image = fromPath(trayIconFile(folder, level, surroundings));
  if (surroundings.platform === 'darwin') image.setTemplateImage(true);
  return image;
}
