/** By whose clocks the profile goes: those of the machine that runs it, or of a place. */
import { Select } from '@mantine/core';
import { useMemo } from 'react';
import { visibleText } from '../../components/visible-text.ts';

type ZoneFieldProps = {
  readonly zone: string | null;
  readonly machineZone: string;
  readonly fault: string | undefined;
  readonly onChange: (zone: string | null) => void;
};

/** No name of a zone. */
const machine = '';
/** Of some four hundred; typing narrows them down. */
const shown = 100;

export function ZoneField({ zone, machineZone, fault, onChange }: ZoneFieldProps) {
  const data = useMemo(() => {
    const names = new Set(['UTC', ...Intl.supportedValuesOf('timeZone'), ...(zone === null ? [] : [zone])]);
    return [
      { value: machine, label: `This machine's (${machineZone})` },
      ...[...names].map((name) => ({ value: name, label: visibleText(name) })),
    ];
  }, [zone, machineZone]);
  return (
    <Select
      label="Time zone"
      data={data}
      value={zone ?? machine}
      error={fault}
      searchable
      allowDeselect={false}
      limit={shown}
      nothingFoundMessage="There is no such zone"
      onChange={(value) => value !== null && onChange(value === machine ? null : value)}
      w={220}
    />
  );
}
