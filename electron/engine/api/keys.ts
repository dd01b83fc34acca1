import type { Key } from '../../../shared/contract/keys.ts';
import { addKey, listKeys, removeKey, type RepositoryKey } from '../repository/keys.ts';
import { openAccess } from './access.ts';
import { handlers } from './context.ts';

export const keysHandlers = {
  list: handlers.keys.list.handler(async ({ input, context }) => {
    const { backend, keyId } = await openAccess(context, input.repository);
    return (await listKeys(backend)).map((key) => present(key, keyId));
  }),
  add: handlers.keys.add.handler(async ({ input, context }) => {
    const { backend, key, keyId } = await openAccess(context, input.repository);
    return present(await addKey(backend, key, input.newPassword), keyId);
  }),
  remove: handlers.keys.remove.handler(async ({ input, context }) => {
    const { backend, keyId } = await openAccess(context, input.repository);
    return present(await removeKey(backend, input.key, keyId), keyId);
  }),
  passwd: handlers.keys.passwd.handler(async ({ input, context }) => {
    const { backend, key, keyId } = await openAccess(context, input.repository);
    const added = await addKey(backend, key, input.newPassword);
    await backend.remove({ type: 'keys', name: keyId });
    return present(added, added.id);
  }),
};

function present(key: RepositoryKey, currentKeyId: string): Key {
  return { ...key, current: key.id === currentKeyId };
}
