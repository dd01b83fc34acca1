/** What a health check takes: an address, and when it is asked for. */
import { Checkbox, Select } from '@mantine/core';
import { formatDuration } from '../../../../shared/model/units.ts';
import { useSources } from '../../../client/live-store.ts';
import { visibleText } from '../../../components/visible-text.ts';
import { AddressField, HeaderFields } from './address-fields.tsx';
import type { FieldsProps } from './route-form.tsx';
import { intervalChoices } from './route-words.ts';

export function CheckFields(props: FieldsProps) {
  const { draft, onChange } = props;
  const names = useSources().flatMap(({ registered }) => (registered === null ? [] : [registered.name]));
  const all = draft.source === '' || names.includes(draft.source) ? names : [draft.source, ...names];
  const intervals = intervalChoices.includes(draft.everyMs) ? intervalChoices : [draft.everyMs, ...intervalChoices];
  return (
    <>
      <AddressField {...props} />
      <Select
        label="Asked for"
        data={[
          { value: '', label: 'in an interval, while no error is open' },
          ...all.map((name) => ({ value: name, label: `after each good run of ${visibleText(name)}` })),
        ]}
        value={draft.source}
        allowDeselect={false}
        searchable
        onChange={(value) => onChange({ source: value ?? '' })}
      />
      {draft.source === '' ? (
        <Select
          label="Interval"
          data={intervals.map((ms) => ({ value: String(ms), label: `every ${formatDuration(ms)}` }))}
          value={String(draft.everyMs)}
          allowDeselect={false}
          onChange={(value) => onChange({ everyMs: Number(value) })}
        />
      ) : null}
      <Checkbox
        label="Tell what is not well too, by asking for the address with /fail behind it"
        checked={draft.tellsFailure}
        onChange={({ currentTarget: { checked } }) => onChange({ tellsFailure: checked })}
      />
      <HeaderFields {...props} />
    </>
  );
}
