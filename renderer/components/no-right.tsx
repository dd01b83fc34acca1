/** In place of a screen that its caller may not use: why, and who can help. */
import type { Role } from '../../shared/model/roles.ts';
import { roleName } from './role-words.ts';
import { EmptyState } from './empty-state.tsx';
import { Page, Panel } from './page.tsx';

type NoRightProps = {
  /** Of the screen. */
  readonly title: string;
  readonly required: Role;
  readonly role: Role;
};

export function NoRight({ title, required, role }: NoRightProps) {
  return (
    <Page title={title}>
      <Panel>
        <EmptyState title={`This needs the role ${roleName(required)}`}>
          You are signed in as {roleName(role)}. Whoever looks after this engine can give you a link of another role.
        </EmptyState>
      </Panel>
    </Page>
  );
}
