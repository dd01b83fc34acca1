/** Sources: the screens' entry. */
export { NewSourceScreen } from './new-source-screen.tsx';
export { SourceScreen } from './source-screen.tsx';
export { SourcesScreen } from './sources-screen.tsx';
