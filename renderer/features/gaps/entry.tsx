/** What is unprotected: the screen's entry. */
export { GapsScreen } from './gaps-screen.tsx';
