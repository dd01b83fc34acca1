/** Whether sources are kept as they have to be: the screen's entry. */
export { ComplianceScreen } from './compliance-screen.tsx';
