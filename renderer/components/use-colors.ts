/** The colours of the theme for what is painted on a canvas. */
import { useComputedColorScheme } from '@mantine/core';
import { useMemo } from 'react';

/** Values of the variables `--<name>` of theme.css, anew when the scheme changes. */
export function useColorsOf<Name extends string>(...names: readonly Name[]): Readonly<Record<Name, string>> {
  const scheme = useComputedColorScheme('light');
  const key = names.join(' ');
  return useMemo(() => {
    // The scheme is an attribute of the root, set before this is drawn.
    const style = scheme === null ? null : getComputedStyle(document.documentElement);
    const entries = key.split(' ').map((name) => [name, style?.getPropertyValue(`--${name}`).trim() ?? '']);
    return Object.fromEntries(entries) as Record<Name, string>;
  }, [scheme, key]);
}
