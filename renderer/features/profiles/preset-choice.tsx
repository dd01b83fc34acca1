/** What to begin a profile with: one of those that are shipped, or nothing. */
import { Link } from '@tanstack/react-router';
import { presetIds, presets } from '../../../shared/model/profile-presets.ts';
import { useLive } from '../../client/live-store.ts';
import { keepSentence, ruleSentence } from './profile-words.ts';
import styles from './profiles.module.css';

export function PresetChoice() {
  const zone = useLive((live) => live.engine?.zone ?? 'UTC');
  return (
    <ul className={styles['presets']} aria-label="Profiles to begin with">
      {presetIds.map((id) => {
        const { name, description, periods } = presets[id];
        return (
          <li key={id}>
            <Link to="/profiles/new" search={{ preset: id }} className={styles['preset'] ?? ''}>
              <div className={styles['presetName']}>{name}</div>
              <p>{description}</p>
              <ul>
                {periods.map((period) => (
                  <li key={period.id}>
                    <b>{period.name}</b> {ruleSentence(period.rule, zone)}, {keepSentence(period)}
                  </li>
                ))}
              </ul>
            </Link>
          </li>
        );
      })}
      <li>
        <Link to="/profiles/new" search={{ preset: 'none' }} className={styles['preset'] ?? ''}>
          <div className={styles['presetName']}>From nothing</div>
          <p>One period, every day at 22:00 for two weeks, to be made into anything.</p>
        </Link>
      </li>
    </ul>
  );
}
