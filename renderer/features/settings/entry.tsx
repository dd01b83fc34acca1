/** Settings: the screen's entry. */
import { Link, useSearch } from '@tanstack/react-router';
import { desktopHost } from '../../client/host.ts';
import { Page } from '../../components/page.tsx';
import { AboutSection } from './about/about-section.tsx';
import { AccessSection } from './access-section.tsx';
import { AppearanceSection } from './appearance-section.tsx';
import { AwsSection } from './aws/accounts-section.tsx';
import { DesktopSection } from './desktop-section.tsx';
import { EngineSection } from './engine-section.tsx';
import { NotificationsSection } from './notifications/notifications-section.tsx';
import { RepositoriesSection } from './repositories-section.tsx';
import styles from './settings.module.css';
import { TenantsSection } from './tenants/tenants-section.tsx';

const all = [
  { id: 'repositories', title: 'Repositories', body: RepositoriesSection },
  { id: 'aws', title: 'AWS accounts', body: AwsSection },
  { id: 'notifications', title: 'Notifications', body: NotificationsSection },
  { id: 'access', title: 'Access', body: AccessSection },
  { id: 'tenants', title: 'Tenants', body: TenantsSection },
  { id: 'appearance', title: 'Appearance', body: AppearanceSection },
  { id: 'desktop', title: 'Desktop', body: DesktopSection },
  { id: 'engine', title: 'Engine', body: EngineSection },
  { id: 'about', title: 'About', body: AboutSection },
] as const;

export function SettingsScreen() {
  const { section: chosen } = useSearch({ from: '/settings' });
  // In a browser there is no window to close and no program to start at login.
  const sections = all.filter(({ id }) => id !== 'desktop' || desktopHost() !== null);
  const section = sections.find(({ id }) => id === chosen) ?? all[0];
  const Body = section.body;
  return (
    <Page title="Settings" windowTitle={`${section.title} · Settings`}>
      <div className={styles['layout']}>
        <nav aria-label="Sections of the settings" className={styles['sections']}>
          {sections.map(({ id, title }) => (
            <Link
              key={id}
              to="/settings"
              search={{ section: id }}
              aria-current={id === section.id ? 'page' : undefined}
            >
              {title}
            </Link>
          ))}
        </nav>
        <div className={styles['body']}>
          <Body />
        </div>
      </div>
    </Page>
  );
}
