/** System snapshots: the screens' entry. */
export { SystemScreen } from './system-screen.tsx';
export { SystemsScreen } from './systems-screen.tsx';
