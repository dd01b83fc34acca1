/** A recovery kit that was kept as a file: the screen's entry. */
export { KitScreen } from './kit-screen.tsx';
