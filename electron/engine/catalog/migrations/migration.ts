/** A step from one version of the catalog to the next. Steps that have been released are never changed. */
export type Migration = {
  /** `user_version` of the file afterwards. */
  readonly version: number;
  /** Runs in one transaction with all other missing steps. */
  readonly sql: string;
};
