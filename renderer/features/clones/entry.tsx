/** Clones for development: the screen's entry. */
export { ClonesScreen } from './clones-screen.tsx';
