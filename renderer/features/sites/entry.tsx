/** Sites: the screens' entry. */
export { MoveScreen } from './move/move-screen.tsx';
export { PeerScreen } from './peers/peer-screen.tsx';
export { PeersScreen } from './peers/peers-screen.tsx';
export { PairScreen } from './server/pair-screen.tsx';
export { ServerScreen } from './server/server-screen.tsx';
export { SiteScreen } from './site-screen.tsx';
export { SitesScreen } from './sites-screen.tsx';
