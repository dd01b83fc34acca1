/** Reports and subscriptions: the screens' entry. */
export { ReportsScreen } from './reports-screen.tsx';
export { SubscriptionsScreen } from './subscriptions-screen.tsx';
