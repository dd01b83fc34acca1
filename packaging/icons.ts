/** What the pictures of Holdfast look like: the ring that holds, and for the tray a mark for each state. */
import { bar, cross, disc, drawPng, ring, roundedSquare, triangle, type Layer } from './png.ts';

const accent = '#0f6e84';
const white = '#ffffff';

export const iconSizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024] as const;
export const trayLevels = ['idle', 'paused', 'running', 'warning', 'failed'] as const;
export const trayLooks = ['light', 'dark', 'template'] as const;
/** Of a picture in a bar, at the usual density. */
export const trayPixels = 22;

type TrayLevel = (typeof trayLevels)[number];
type TrayLook = (typeof trayLooks)[number];

/** Ink on a light bar, ink on a dark bar, black that macOS colours itself. */
const inks: Readonly<Record<TrayLook, string>> = { light: '#1c1e21', dark: '#e8eaed', template: '#000000' };
const marks: Readonly<Record<TrayLook, Readonly<Record<TrayLevel, string>>>> = {
  light: { idle: '#1c1e21', paused: '#5b6270', running: '#0f6e84', warning: '#b7791f', failed: '#c53030' },
  dark: { idle: '#e8eaed', paused: '#a8afba', running: '#4bb3cb', warning: '#d9a441', failed: '#ef6b6b' },
  template: { idle: '#000000', paused: '#000000', running: '#000000', warning: '#000000', failed: '#000000' },
};

export function appIcon(size: number): Buffer {
  return drawPng(size, [
    { shape: roundedSquare(0.03, 0.22), color: accent },
    { shape: ring(0.5, 0.5, 0.205, 0.125), color: white },
  ]);
}

/** The mark differs in shape, so that colour is not needed to tell states apart. */
export function trayPicture(level: TrayLevel, look: TrayLook, size: number): Buffer {
  return drawPng(size, [{ shape: ring(0.5, 0.5, 0.34, 0.15), color: inks[look] }, ...mark(level, marks[look][level])]);
}

function mark(level: TrayLevel, color: string): Layer[] {
  const hole = (radius: number): Layer => ({ shape: disc(0.72, 0.72, radius), color: 'transparent' });
  switch (level) {
    case 'idle':
      return [];
    case 'paused':
      return [
        { shape: bar(0.41, 0.5, 0.1, 0.3), color },
        { shape: bar(0.59, 0.5, 0.1, 0.3), color },
      ];
    case 'running':
      return [{ shape: disc(0.5, 0.5, 0.15), color }];
    case 'warning':
      return [hole(0.34), { shape: triangle(0.72, 0.71, 0.25), color }];
    case 'failed':
      return [hole(0.34), { shape: cross(0.72, 0.72, 0.27, 0.17), color }];
  }
}
