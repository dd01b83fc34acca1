/** Draws all pictures of resources/ anew: `npm run icons`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { icnsFile, icoFile } from './icon-files.ts';
import { appIcon, iconSizes, trayLevels, trayLooks, trayPicture, trayPixels } from './icons.ts';

const resources = join(import.meta.dirname, '..', 'resources');

for (const folder of ['icons', 'tray']) mkdirSync(join(resources, folder), { recursive: true });
const pictures = iconSizes.map((size) => ({ size, png: appIcon(size) }));
for (const { size, png } of pictures) writeFileSync(join(resources, 'icons', `${size}x${size}.png`), png);
writeFileSync(join(resources, 'icon.ico'), icoFile(pictures.filter(({ size }) => size <= 256)));
writeFileSync(join(resources, 'icon.icns'), icnsFile(pictures));
for (const level of trayLevels) {
  for (const look of trayLooks) {
    const name = look === 'template' ? `${level}Template` : `${level}-${look}`;
    writeFileSync(join(resources, 'tray', `${name}.png`), trayPicture(level, look, trayPixels));
    writeFileSync(join(resources, 'tray', `${name}@2x.png`), trayPicture(level, look, trayPixels * 2));
  }
}
