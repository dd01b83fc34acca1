/** Where the window opens: where it stood, if that is still on a screen. */
import type { Bounds, DesktopState } from './state-file.ts';

const usual = { width: 1280, height: 800 };
export const smallest = { width: 960, height: 600 };
/** Enough of the title bar to take hold of it. */
const graspable = { width: 120, height: 32 };

type Placement = { readonly width: number; readonly height: number; readonly x?: number; readonly y?: number };

/** `areas`: of all screens, without panels. Without a place the system chooses one. */
export function placeWindow(saved: DesktopState['window'], areas: readonly Bounds[]): Placement {
  const largest = areas.reduce(
    (a, b) => (a.width * a.height >= b.width * b.height ? a : b),
    areas[0] ?? { x: 0, y: 0, ...usual },
  );
  const fit = (size: number, room: number, least: number): number =>
    Math.max(Math.min(size, room), Math.min(least, room));
  if (saved === null) {
    return {
      width: fit(usual.width, largest.width, smallest.width),
      height: fit(usual.height, largest.height, smallest.height),
    };
  }
  const area = areas.find((one) => isGraspable(saved, one));
  const room = area ?? largest;
  const size = {
    width: fit(saved.width, room.width, smallest.width),
    height: fit(saved.height, room.height, smallest.height),
  };
  return area === undefined ? size : { ...size, x: saved.x, y: saved.y };
}

function isGraspable(window: Bounds, area: Bounds): boolean {
  const width = Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x);
  const top = window.y >= area.y && window.y + graspable.height <= area.y + area.height;
  return top && width >= graspable.width;
}
