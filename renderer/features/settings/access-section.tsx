/** Who may use this engine: whoever is signed in here, links for other browsers, tokens for programs. */
import { useMay } from '../../client/me.ts';
import { Notice } from '../../components/error-notice.tsx';
import { LinkPanel } from './link-panel.tsx';
import { MePanel } from './me-panel.tsx';
import { TokensPanel } from './tokens-panel.tsx';

export function AccessSection() {
  const mayLetIn = useMay('tokens.list');
  return (
    <>
      <MePanel />
      {mayLetIn ? (
        <>
          <LinkPanel />
          <TokensPanel />
        </>
      ) : (
        <Notice tone="none" title="Letting others in needs the role administrator">
          Sign-in links and API tokens are shown to whoever has it.
        </Notice>
      )}
    </>
  );
}
