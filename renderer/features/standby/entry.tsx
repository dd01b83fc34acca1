/** Hot standbys: the screen's entry. */
export { StandbyScreen } from './standby-screen.tsx';
