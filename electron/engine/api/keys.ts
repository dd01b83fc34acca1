import type { Key } from '../../../shared/contract/keys.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { addKey, findKey, listKeys, removeKey, type RepositoryKey } from '../repository/keys.ts';
import { openAccess } from './access.ts';
import { handlers } from './context.ts';

export const keysHandlers = {
  list: handlers.keys.list.handler(async ({ input, context }) => {
    const { backend, keyId } = await openAccess(context, input.repository);
    return (await listKeys(backend)).map((key) => present(key, keyId));
  }),
  add: handlers.keys.add.handler(async ({ input, context }) => {
    const repository = await openAccess(context, input.repository);
    const { backend, key, keyId } = repository;
    const known = await findKey(backend, input.newPassword);
    if (known !== null)
      throw new HoldfastError('PASSWORD_KNOWN', `Key ${known.id.slice(0, 8)} opens with that password already.`);
    const added = await addKey(backend, key, input.newPassword);
    await context.connections.keepHead(repository);
    return present(added, keyId);
  }),
  remove: handlers.keys.remove.handler(async ({ input, context }) => {
    const repository = await openAccess(context, input.repository);
    const { backend, keyId } = repository;
    const removed = await removeKey(backend, input.key, keyId);
    // Its copy goes too, so that no repair brings it back.
    await context.connections.keepHead(repository);
    return present(removed, keyId);
  }),
  passwd: handlers.keys.passwd.handler(async ({ input, context }) => {
    const repository = await openAccess(context, input.repository);
    const { backend, key, keyId } = repository;
    // A run that was killed between the two steps may have written it; the one that opened is to go in any case.
    const known = await findKey(backend, input.newPassword);
    const added = known === null || known.id === keyId ? await addKey(backend, key, input.newPassword) : known;
    await backend.remove({ type: 'keys', name: keyId });
    await context.connections.keepHead(repository);
    return present(added, added.id);
  }),
};

function present(key: RepositoryKey, currentKeyId: string): Key {
  return { ...key, current: key.id === currentKeyId };
}
