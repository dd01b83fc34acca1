import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const css = readFileSync(new URL('../../../../renderer/app/theme.css', import.meta.url), 'utf8');
const block = (selector: string) => css.slice(css.indexOf(selector)).split('}', 1)[0] ?? '';
const colorsOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/--([\w-]+):\s*(#[0-9a-f]{3,6});/g)].map(([, name = '', color = '']) => [name, color]),
  );

const light = colorsOf(block(':root {'));
const schemes = { light, dark: { ...light, ...colorsOf(block(":root[data-mantine-color-scheme='dark']")) } };

const surfaces = ['paper', 'panel', 'line-2'];
/** Text (WCAG 1.4.3) on what it may lie on. */
const texts: readonly (readonly [string, readonly string[]])[] = [
  ['ink', [...surfaces, 'accent-soft', 'part-soft', 'miss-soft', 'fail-soft', 'good-soft']],
  ['ink-2', [...surfaces, 'accent-soft', 'part-soft', 'miss-soft', 'fail-soft', 'good-soft']],
  ['ink-3', [...surfaces, 'accent-soft']],
  ['accent-ink', [...surfaces, 'accent-soft']],
  ['good-ink', [...surfaces, 'good-soft']],
  ['part-ink', [...surfaces, 'part-soft']],
  ['miss-ink', [...surfaces, 'miss-soft']],
  ['fail-ink', [...surfaces, 'fail-soft']],
  ['on-accent', ['accent', 'accent-hover']],
  ['on-fail', ['fail', 'fail-ink']],
];
/** Graphics and the edges of controls (WCAG 1.4.11). */
const graphics = ['edge', 'accent', 'good', 'part', 'miss', 'fail', 'run'];

for (const [scheme, colors] of Object.entries(schemes)) {
  test.each(texts.flatMap(([ink, grounds]) => grounds.map((ground) => [ink, ground] as const)))(
    `${scheme}: text in %s can be read on %s`,
    (ink, ground) => expect(contrast(colors[ink], colors[ground])).toBeGreaterThanOrEqual(4.5),
  );
  test.each(graphics.flatMap((color) => ['paper', 'panel'].map((ground) => [color, ground] as const)))(
    `${scheme}: shapes in %s can be seen on %s`,
    (color, ground) => expect(contrast(colors[color], colors[ground])).toBeGreaterThanOrEqual(3),
  );
}

/** WCAG 2.2: relative luminance and contrast ratio. */
function contrast(one: string | undefined, other: string | undefined): number {
  const [light_ = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light_ + 0.05) / (dark + 0.05);
}

function luminance(color: string | undefined): number {
  if (color === undefined) throw new Error('The theme has no such color.');
  const hex = color.length === 4 ? color.slice(1).replaceAll(/./g, '$&$&') : color.slice(1);
  const [r = 0, g = 0, b = 0] = [0, 2, 4].map((index) => {
    const value = Number.parseInt(hex.slice(index, index + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
