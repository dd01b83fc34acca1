/** Says where alerts would be seen by nobody who is not looking at a console. */
import { Link } from '@tanstack/react-router';
import { useRoutes } from '../../client/alerts.ts';
import { useMay } from '../../client/me.ts';
import { Notice } from '../../components/error-notice.tsx';
import { toldWords } from './told-words.ts';

export function NobodyTold() {
  const { data } = useRoutes();
  const mayAdd = useMay('routes.add');
  const words = data === undefined ? null : toldWords(data.routes);
  if (words === null) return null;
  return (
    <Notice
      tone="part"
      title={words.title}
      actions={
        <Link to="/settings" search={{ section: 'notifications' }}>
          {mayAdd ? 'Add a route in Settings' : 'See the settings'}
        </Link>
      }
    >
      {words.detail}
    </Notice>
  );
}
