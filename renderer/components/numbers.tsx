/** Amounts in the units a person has chosen, the exact number on hover. */
import { formatBytes, formatCount, formatRate } from '../../shared/model/units.ts';
import { preferences } from './preferences.ts';

type NumberProps = {
  /** Null: not known. */
  readonly value: number | null;
  readonly className?: string | undefined;
};

export function Bytes({ value, className }: NumberProps) {
  const units = preferences((chosen) => chosen.bytes);
  if (value === null) return <Unknown className={className} />;
  return (
    <span className={className} title={`${formatCount(value)} bytes`}>
      {formatBytes(value, units)}
    </span>
  );
}

/** Bytes per second. */
export function Rate({ value, className }: NumberProps) {
  const units = preferences((chosen) => chosen.bytes);
  if (value === null) return <Unknown className={className} />;
  return <span className={className}>{formatRate(value, units)}</span>;
}

export function Count({ value, className }: NumberProps) {
  if (value === null) return <Unknown className={className} />;
  return <span className={className}>{formatCount(value)}</span>;
}

function Unknown({ className }: { readonly className?: string | undefined }) {
  return (
    <span className={className} title="not known">
      –
    </span>
  );
}
