import type { ComponentName } from '#sut/contract/components.ts';
import type { ComponentStatus, Environment } from '#sut/contract/environment.ts';
import type { Sighting } from '../../timing/eventually.ts';
import { leaderNow } from './leadership.ts';
import { postgresRole } from './postgres-role.ts';

/**
 * Gets ready to look who leads PostgreSQL after the death of its primary: another member, or the same one once its
 * PostgreSQL was started again and takes writes. Rejects when the primary does not answer now.
 */
export async function leaderOrReturn(
  environment: Environment,
  { name: former, port }: ComponentStatus,
): Promise<(signal: AbortSignal) => Promise<Sighting<ComponentName>>> {
  const before = await postgresRole(port);
  return async (signal) => {
    const name = await leaderNow(environment, 'postgres', signal);
    if (name !== former) return { seen: name };
    const { isWritable, startedAt } = await postgresRole(port);
    const isBack = isWritable && startedAt !== before.startedAt;
    return isBack ? { seen: former } : { missing: `${former}, started at ${startedAt}, takes no writes yet` };
  };
}
