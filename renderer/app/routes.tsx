/** Which address shows which screen; each area is loaded when it is first opened. */
import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router';
import { Skeleton } from '../components/skeleton.tsx';
import { FaultScreen } from './error-boundary.tsx';
import { NotFound } from './not-found.tsx';
import { textSearch } from './search.ts';
import { Shell } from './shell.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const overview = () => import('../features/overview/entry.tsx');
const sources = () => import('../features/sources/entry.tsx');
const snapshots = () => import('../features/snapshots/entry.tsx');
const recovery = () => import('../features/recovery/entry.tsx');
const activity = () => import('../features/activity/entry.tsx');
const settings = () => import('../features/settings/entry.tsx');
const firstRun = () => import('../features/first-run/entry.tsx');

const routeTree = root.addChildren([
  createRoute({ getParentRoute: () => root, path: '/', component: lazyRouteComponent(overview, 'OverviewScreen') }),
  createRoute({
    getParentRoute: () => root,
    path: '/sources',
    validateSearch: textSearch('find', 'kind', 'state', 'host'),
    component: lazyRouteComponent(sources, 'SourcesScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/sources/new',
    component: lazyRouteComponent(sources, 'NewSourceScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/sources/$source',
    component: lazyRouteComponent(sources, 'SourceScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/snapshots',
    validateSearch: textSearch('repository', 'source', 'host', 'snapshot', 'path', 'find', 'against'),
    component: lazyRouteComponent(snapshots, 'SnapshotsScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/recovery',
    component: lazyRouteComponent(recovery, 'RecoveryScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/recovery/restore',
    validateSearch: textSearch('repository', 'source', 'host', 'snapshot', 'path', 'basket'),
    component: lazyRouteComponent(recovery, 'RestoreScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/activity',
    component: lazyRouteComponent(activity, 'ActivityScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/activity/$job',
    component: lazyRouteComponent(activity, 'JobScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/settings',
    validateSearch: textSearch('section'),
    component: lazyRouteComponent(settings, 'SettingsScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/welcome',
    validateSearch: textSearch('door', 'location'),
    component: lazyRouteComponent(firstRun, 'FirstRunScreen'),
  }),
]);

export const router = createRouter({
  routeTree,
  history: createHashHistory(),
  defaultPreload: 'intent',
  defaultPendingComponent: () => <Skeleton lines={6} />,
  defaultPendingMs: 150,
  defaultErrorComponent: FaultScreen,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
