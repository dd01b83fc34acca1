/** Alerts: the screen's entry. */
export { AlertsScreen } from './alerts-screen.tsx';
