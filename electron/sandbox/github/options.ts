/** What a test or the demo says when it sets up the sandboxed GitHub: plain data, all of it with defaults. */

export type OwnerKind = 'organization' | 'user';

export type RepositoryOptions = {
  readonly private?: boolean;
  readonly description?: string | null;
  readonly topics?: readonly string[];
  readonly fork?: boolean;
  readonly archived?: boolean;
  readonly defaultBranch?: string;
  /** Whether the wiki is switched on; there is none to clone before `setWiki`. */
  readonly hasWiki?: boolean;
  readonly hasIssues?: boolean;
  /** ISO-8601; now by default. */
  readonly createdAt?: string;
};

/** What the site may be told about a repository later. */
export type RepositoryChange = Pick<
  RepositoryOptions,
  'private' | 'description' | 'topics' | 'archived' | 'defaultBranch' | 'hasWiki' | 'hasIssues'
> & { readonly homepage?: string | null; readonly switches?: Partial<Switches> };

/** Settings that are on or off, by the names they have in the REST API. */
export type Switches = Readonly<Record<SwitchName, boolean>>;
export type SwitchName =
  | 'has_projects'
  | 'is_template'
  | 'allow_squash_merge'
  | 'allow_merge_commit'
  | 'allow_rebase_merge'
  | 'allow_auto_merge'
  | 'allow_update_branch'
  | 'delete_branch_on_merge'
  | 'web_commit_signoff_required';

export type BlockReason = 'dmca' | 'tos' | 'sensitive_data';

export type ProtectionRules = {
  readonly enforceAdmins?: boolean;
  /** How many have to approve a pull request; none by default. */
  readonly requiredApprovals?: number;
  readonly requiredChecks?: readonly string[];
};

export type TokenOptions = {
  /** `write` by default. */
  readonly scopes?: 'read' | 'write';
  /** `owner/name` of existing repositories; a token of some, or of less than all rights, is a fine-grained one. */
  readonly repositories?: 'all' | readonly string[];
  /** ISO-8601. */
  readonly expiresAt?: string;
  /** `administration`: neither read nor write; `contents=write`: no write. */
  readonly missingPermissions?: readonly string[];
  /** Whose token it is; `operator` by default. An owner of that name is made if there is none. */
  readonly login?: string;
};

export type AppOptions = {
  /** Where it is installed. */
  readonly owner: string;
  /** Names (without the owner) of existing repositories. */
  readonly repositories?: 'all' | readonly string[];
  /** Reads everything by default. */
  readonly permissions?: Readonly<Record<string, 'read' | 'write'>>;
  /** How long its tokens live: an hour by default. */
  readonly tokenLifetimeMs?: number;
};

export type AddedApp = {
  readonly appId: number;
  readonly installationId: number;
  /** PKCS #1, as GitHub gives it. */
  readonly privateKeyPem: string;
};

export type Request = {
  readonly method: string;
  /** With the query, as it was asked. */
  readonly path: string;
  readonly authorization: string | null;
};
