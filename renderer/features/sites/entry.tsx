/** Sites: the screens' entry. */
export { SiteScreen } from './site-screen.tsx';
export { SitesScreen } from './sites-screen.tsx';
