/** Settings: the screen's entry. */
import { Link, useSearch } from '@tanstack/react-router';
import { Page } from '../../components/page.tsx';
import { AccessSection } from './access-section.tsx';
import { AppearanceSection } from './appearance-section.tsx';
import { EngineSection } from './engine-section.tsx';
import { RepositoriesSection } from './repositories-section.tsx';
import styles from './settings.module.css';

const sections = [
  { id: 'repositories', title: 'Repositories', body: RepositoriesSection },
  { id: 'access', title: 'Access', body: AccessSection },
  { id: 'appearance', title: 'Appearance', body: AppearanceSection },
  { id: 'engine', title: 'Engine', body: EngineSection },
] as const;

export function SettingsScreen() {
  const { section: chosen } = useSearch({ from: '/settings' });
  const section = sections.find(({ id }) => id === chosen) ?? sections[0];
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
