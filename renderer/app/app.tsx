/** What stands around every screen: the theme, the engine, the routes. */
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { RouterProvider } from '@tanstack/react-router';
import { EngineProvider } from '../client/client-context.tsx';
import type { Door } from '../client/door.ts';
import { useColorScheme } from './color-scheme.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { router } from './routes.tsx';
import { theme } from './theme.ts';

export function App({ door }: { readonly door: Door }) {
  const scheme = useColorScheme();
  return (
    // Variables and global classes would be <style> elements, which the CSP refuses: mantine.css has the variables.
    <MantineProvider theme={theme} forceColorScheme={scheme} withCssVariables={false} withGlobalClasses={false}>
      <Notifications position="bottom-right" limit={4} />
      <ErrorBoundary>
        <EngineProvider door={door}>
          <RouterProvider router={router} />
        </EngineProvider>
      </ErrorBoundary>
    </MantineProvider>
  );
}
