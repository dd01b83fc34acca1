/** The entry of the console's page. */
import './mantine-styles.css';
import '@mantine/notifications/styles.layer.css';
import './theme.css';
import './mantine.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { doorOfThisPage } from '../client/door.ts';
import { App } from './app.tsx';
import { applyColorScheme } from './color-scheme.ts';

// Before anything is drawn, so that nothing flashes.
applyColorScheme();

const root = document.querySelector('#root');
if (root === null) throw new Error('The page has no #root.');
createRoot(root).render(
  <StrictMode>
    <App door={doorOfThisPage()} />
  </StrictMode>,
);
