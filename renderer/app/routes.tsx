/** Which address shows which screen; each area is loaded when it is first opened. */
import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouteComponent,
} from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Skeleton } from '../components/skeleton.tsx';
import { FaultScreen } from './error-boundary.tsx';
import { NotFound } from './not-found.tsx';
import { textSearch } from './search.ts';
import { Shell } from './shell.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const overview = () => import('../features/overview/entry.tsx');
const sources = () => import('../features/sources/entry.tsx');
const snapshots = () => import('../features/snapshots/entry.tsx');
const systems = () => import('../features/systems/entry.tsx');
const profiles = () => import('../features/profiles/entry.tsx');
const recovery = () => import('../features/recovery/entry.tsx');
const sites = () => import('../features/sites/entry.tsx');
const gaps = () => import('../features/gaps/entry.tsx');
const clones = () => import('../features/clones/entry.tsx');
const standby = () => import('../features/standby/entry.tsx');
const activity = () => import('../features/activity/entry.tsx');
const alerts = () => import('../features/alerts/entry.tsx');
const reports = () => import('../features/reports/entry.tsx');
const compliance = () => import('../features/compliance/entry.tsx');
const settings = () => import('../features/settings/entry.tsx');
const kit = () => import('../features/kit/entry.tsx');
const api = () => import('../features/api/entry.tsx');
const firstRun = () => import('../features/first-run/entry.tsx');

/**
 * A screen by its name. Its type stays out of the routes': screens use the type of the routes, and neither could be known
 * before the other.
 */
function screen<Module>(load: () => Promise<Module>, name: keyof Module & string): RouteComponent {
  return lazyRouteComponent(load as () => Promise<Record<string, () => ReactNode>>, name);
}

const overviewRoute = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: screen(overview, 'OverviewScreen'),
});
const sourcesRoute = createRoute({
  getParentRoute: () => root,
  path: '/sources',
  validateSearch: textSearch('find', 'kind', 'state', 'host', 'profile'),
  component: screen(sources, 'SourcesScreen'),
});
const newSourceRoute = createRoute({
  getParentRoute: () => root,
  path: '/sources/new',
  validateSearch: textSearch('kind', 'account', 'region', 'of'),
  component: screen(sources, 'NewSourceScreen'),
});
const sourceRoute = createRoute({
  getParentRoute: () => root,
  path: '/sources/$source',
  component: screen(sources, 'SourceScreen'),
});
const snapshotsRoute = createRoute({
  getParentRoute: () => root,
  path: '/snapshots',
  validateSearch: textSearch('repository', 'source', 'host', 'snapshot', 'path', 'find', 'against'),
  component: screen(snapshots, 'SnapshotsScreen'),
});
const gitRoute = createRoute({
  getParentRoute: () => root,
  path: '/snapshots/git',
  validateSearch: textSearch(
    'repository',
    'source',
    'host',
    'snapshot',
    'against',
    'path',
    'at',
    'show',
    'folder',
    'file',
  ),
  component: screen(snapshots, 'GitScreen'),
});
const systemsRoute = createRoute({
  getParentRoute: () => root,
  path: '/snapshots/systems',
  component: screen(systems, 'SystemsScreen'),
});
const systemRoute = createRoute({
  getParentRoute: () => root,
  path: '/snapshots/systems/$system',
  component: screen(systems, 'SystemScreen'),
});
const profilesRoute = createRoute({
  getParentRoute: () => root,
  path: '/profiles',
  component: screen(profiles, 'ProfilesScreen'),
});
const newProfileRoute = createRoute({
  getParentRoute: () => root,
  path: '/profiles/new',
  validateSearch: textSearch('preset', 'from'),
  component: screen(profiles, 'NewProfileScreen'),
});
const profileRoute = createRoute({
  getParentRoute: () => root,
  path: '/profiles/$profile',
  component: screen(profiles, 'ProfileScreen'),
});
const recoveryRoute = createRoute({
  getParentRoute: () => root,
  path: '/recovery',
  component: screen(recovery, 'RecoveryScreen'),
});
const restoreRoute = createRoute({
  getParentRoute: () => root,
  path: '/recovery/restore',
  validateSearch: textSearch('repository', 'source', 'host', 'snapshot', 'path', 'basket', 'drill'),
  component: screen(recovery, 'RestoreScreen'),
});
const awsRestoreRoute = createRoute({
  getParentRoute: () => root,
  path: '/recovery/aws',
  validateSearch: textSearch('snapshot', 'instance', 'account', 'region', 'point'),
  component: screen(recovery, 'AwsRestoreScreen'),
});
const bucketRestoreRoute = createRoute({
  getParentRoute: () => root,
  path: '/recovery/bucket',
  validateSearch: textSearch('source', 'bucket', 'snapshot', 'account', 'region'),
  component: screen(recovery, 'BucketRestoreScreen'),
});
const gitRestoreRoute = createRoute({
  getParentRoute: () => root,
  path: '/recovery/git',
  validateSearch: textSearch('repository', 'source', 'snapshot', 'path', 'ref'),
  component: screen(recovery, 'GitRestoreScreen'),
});
const drillsRoute = createRoute({
  getParentRoute: () => root,
  path: '/recovery/drills',
  component: screen(recovery, 'DrillsScreen'),
});
const guidedDrillRoute = createRoute({
  getParentRoute: () => root,
  path: '/recovery/drills/guided',
  component: screen(recovery, 'GuidedDrillScreen'),
});
const drillRoute = createRoute({
  getParentRoute: () => root,
  path: '/recovery/drills/$drill',
  component: screen(recovery, 'DrillScreen'),
});
const plansRoute = createRoute({
  getParentRoute: () => root,
  path: '/recovery/plans',
  component: screen(recovery, 'PlansScreen'),
});
const planRoute = createRoute({
  getParentRoute: () => root,
  path: '/recovery/plans/$plan',
  component: screen(recovery, 'PlanScreen'),
});
const newPlanRoute = createRoute({
  getParentRoute: () => root,
  path: '/recovery/new-plan',
  validateSearch: textSearch('system'),
  component: screen(recovery, 'NewPlanScreen'),
});
const planRunRoute = createRoute({
  getParentRoute: () => root,
  path: '/recovery/plan-runs/$run',
  component: screen(recovery, 'PlanRunScreen'),
});
const evidenceRoute = createRoute({
  getParentRoute: () => root,
  path: '/recovery/evidence',
  validateSearch: textSearch('kind', 'find'),
  component: screen(recovery, 'EvidenceScreen'),
});
const recordRoute = createRoute({
  getParentRoute: () => root,
  path: '/recovery/evidence/$record',
  component: screen(recovery, 'RecordScreen'),
});
const auditRoute = createRoute({
  getParentRoute: () => root,
  path: '/recovery/audit',
  validateSearch: textSearch('find'),
  component: screen(recovery, 'AuditScreen'),
});
const complianceRoute = createRoute({
  getParentRoute: () => root,
  path: '/recovery/compliance',
  component: screen(compliance, 'ComplianceScreen'),
});
const runRoute = createRoute({
  getParentRoute: () => root,
  path: '/recovery/$run',
  component: screen(recovery, 'RunScreen'),
});
const sitesRoute = createRoute({
  getParentRoute: () => root,
  path: '/sites',
  component: screen(sites, 'SitesScreen'),
});
const siteRoute = createRoute({
  getParentRoute: () => root,
  path: '/sites/$site',
  component: screen(sites, 'SiteScreen'),
});
const moveRoute = createRoute({
  getParentRoute: () => root,
  path: '/sites/protection/move',
  validateSearch: textSearch('to'),
  component: screen(sites, 'MoveScreen'),
});
const siteServerRoute = createRoute({
  getParentRoute: () => root,
  path: '/sites/server/users',
  component: screen(sites, 'ServerScreen'),
});
const pairRoute = createRoute({
  getParentRoute: () => root,
  path: '/sites/server/pair',
  validateSearch: textSearch('location', 'user', 'fingerprint', 'appendOnly', 'site'),
  component: screen(sites, 'PairScreen'),
});
const peersRoute = createRoute({
  getParentRoute: () => root,
  path: '/sites/peers/all',
  component: screen(sites, 'PeersScreen'),
});
const peerRoute = createRoute({
  getParentRoute: () => root,
  path: '/sites/peers/$peer',
  component: screen(sites, 'PeerScreen'),
});
const gapsRoute = createRoute({
  getParentRoute: () => root,
  path: '/unprotected',
  component: screen(gaps, 'GapsScreen'),
});
const clonesRoute = createRoute({
  getParentRoute: () => root,
  path: '/recovery/clones',
  validateSearch: textSearch('clone', 'make', 'source', 'snapshot', 'path'),
  component: screen(clones, 'ClonesScreen'),
});
const standbyRoute = createRoute({
  getParentRoute: () => root,
  path: '/standby',
  validateSearch: textSearch('name', 'source'),
  component: screen(standby, 'StandbyScreen'),
});
const activityRoute = createRoute({
  getParentRoute: () => root,
  path: '/activity',
  component: screen(activity, 'ActivityScreen'),
});
const trendsRoute = createRoute({
  getParentRoute: () => root,
  path: '/activity/trends',
  component: screen(activity, 'TrendsScreen'),
});
const jobRoute = createRoute({
  getParentRoute: () => root,
  path: '/activity/$job',
  component: screen(activity, 'JobScreen'),
});
const alertsRoute = createRoute({
  getParentRoute: () => root,
  path: '/alerts',
  validateSearch: textSearch('show', 'find', 'alert'),
  component: screen(alerts, 'AlertsScreen'),
});
const reportsRoute = createRoute({
  getParentRoute: () => root,
  path: '/reports',
  validateSearch: textSearch('report', 'period', 'of'),
  component: screen(reports, 'ReportsScreen'),
});
const subscriptionsRoute = createRoute({
  getParentRoute: () => root,
  path: '/reports/subscriptions',
  validateSearch: textSearch('name'),
  component: screen(reports, 'SubscriptionsScreen'),
});
const settingsRoute = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  validateSearch: textSearch('section', 'repository', 'task', 'tenant'),
  component: screen(settings, 'SettingsScreen'),
});
const kitRoute = createRoute({
  getParentRoute: () => root,
  path: '/kit',
  component: screen(kit, 'KitScreen'),
});
const apiRoute = createRoute({
  getParentRoute: () => root,
  path: '/settings/api',
  validateSearch: textSearch('find', 'call'),
  component: screen(api, 'ApiScreen'),
});
const firstRunRoute = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  validateSearch: textSearch('door', 'location'),
  component: screen(firstRun, 'FirstRunScreen'),
});

const routeTree = root.addChildren([
  overviewRoute,
  sourcesRoute,
  newSourceRoute,
  sourceRoute,
  snapshotsRoute,
  gitRoute,
  systemsRoute,
  systemRoute,
  profilesRoute,
  newProfileRoute,
  profileRoute,
  recoveryRoute,
  plansRoute,
  planRoute,
  newPlanRoute,
  planRunRoute,
  restoreRoute,
  gitRestoreRoute,
  awsRestoreRoute,
  bucketRestoreRoute,
  evidenceRoute,
  recordRoute,
  auditRoute,
  complianceRoute,
  drillsRoute,
  guidedDrillRoute,
  drillRoute,
  runRoute,
  sitesRoute,
  siteRoute,
  moveRoute,
  siteServerRoute,
  pairRoute,
  peersRoute,
  peerRoute,
  gapsRoute,
  clonesRoute,
  standbyRoute,
  activityRoute,
  trendsRoute,
  jobRoute,
  alertsRoute,
  reportsRoute,
  subscriptionsRoute,
  settingsRoute,
  apiRoute,
  firstRunRoute,
  kitRoute,
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
