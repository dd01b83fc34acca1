/** Prepared statements, kept by their text for as long as the database is open. */
import type { Database } from './sqlite.ts';

export type SqlValue = number | string | null | Uint8Array;

export interface Statement<Row> {
  run(...values: readonly SqlValue[]): { readonly changes: number; readonly lastInsertRowid: number | bigint };
  get(...values: readonly SqlValue[]): Row | undefined;
  all(...values: readonly SqlValue[]): Row[];
  iterate(...values: readonly SqlValue[]): IterableIterator<Row>;
}

/** `sql<Row>(text)`: columns by name. Text is never put together from values. */
export type Statements = <Row = unknown>(text: string) => Statement<Row>;

export function keepStatements(db: Database): Statements {
  const kept = new Map<string, Statement<unknown>>();
  return <Row>(text: string): Statement<Row> => {
    let statement = kept.get(text);
    if (statement === undefined) {
      statement = db.prepare(text) as unknown as Statement<unknown>;
      kept.set(text, statement);
    }
    return statement as Statement<Row>;
  };
}
