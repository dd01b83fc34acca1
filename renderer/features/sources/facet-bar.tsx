/** Search and facets of the list of sources; they are in the address, so that a view can be kept and shared. */
import { Select, TextInput } from '@mantine/core';
import type { SourceState } from '../../../shared/contract/live.ts';
import { sourceKindName } from '../../../shared/model/source-kinds.ts';
import { formatCount } from '../../../shared/model/units.ts';
import { sayStanding } from '../../components/source-state.ts';
import { signs } from '../../components/tone.ts';
import { visibleText } from '../../components/visible-text.ts';
import { noProfile, profilesOf, standingCounts, valuesOf, type Facets } from './facets.ts';
import styles from './sources.module.css';

type FacetBarProps = {
  readonly sources: readonly SourceState[];
  readonly facets: Facets;
  readonly onChange: (facets: Facets) => void;
};

export function FacetBar({ sources, facets, onChange }: FacetBarProps) {
  const change = (part: { [Name in keyof Facets]?: string | undefined }) => {
    const entries = Object.entries({ ...facets, ...part }).filter(([, value]) => value !== undefined && value !== '');
    onChange(Object.fromEntries(entries));
  };
  return (
    <div className={styles['bar']} role="search" aria-label="Narrow the list down">
      <TextInput
        className={styles['find'] ?? ''}
        type="search"
        aria-label="Find sources"
        placeholder="Name, machine or path"
        value={facets.find ?? ''}
        onChange={(event) => change({ find: event.currentTarget.value })}
      />
      <div className={styles['chips']} role="group" aria-label="State">
        {standingCounts(sources, facets).map(({ standing, count }) => {
          const { tone, words } = sayStanding(standing);
          const pressed = facets.state === standing;
          return (
            <button
              key={standing}
              type="button"
              className={styles['chip']}
              aria-pressed={pressed}
              onClick={() => change({ state: pressed ? undefined : standing })}
            >
              <span aria-hidden="true">{signs[tone]} </span>
              {words} {formatCount(count)}
            </button>
          );
        })}
      </div>
      <Facet
        label="Kind"
        values={valuesOf(sources, 'kind')}
        nameOf={sourceKindName}
        chosen={facets.kind}
        onChoose={(kind) => change({ kind })}
      />
      <Facet
        label="Machine"
        values={valuesOf(sources, 'hostname')}
        chosen={facets.host}
        onChoose={(host) => change({ host })}
      />
      <Facet
        label="Profile"
        values={profilesOf(sources)}
        chosen={facets.profile}
        onChoose={(profile) => change({ profile })}
      />
    </div>
  );
}

type FacetProps = {
  readonly label: string;
  readonly values: readonly string[];
  readonly nameOf?: (value: string) => string;
  readonly chosen: string | undefined;
  readonly onChoose: (value: string | undefined) => void;
};

/** Only where there is a choice. */
function Facet({ label, values, nameOf = visibleText, chosen, onChoose }: FacetProps) {
  if (values.length < 2 && chosen === undefined) return null;
  return (
    <Select
      aria-label={label}
      placeholder={`Any ${label.toLowerCase()}`}
      data={values.map((value) => ({ value, label: value === noProfile ? 'none' : nameOf(value) }))}
      value={chosen ?? null}
      onChange={(value) => onChoose(value ?? undefined)}
      clearable
      w={150}
    />
  );
}
