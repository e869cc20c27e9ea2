import type { Residue } from '../contract/environment.ts';
import { findResidue } from './residue.ts';
import { claimShared, connectShared } from './shared-keeper.ts';

/**
 * Ends the environment that `chaos up` left running and says what is left of it; `undefined` when there was none.
 * Rejects with `EnvironmentBusy` while a run uses it.
 */
export async function down(stateDir: string): Promise<Residue | undefined> {
  const shared = await connectShared(stateDir);
  if (shared === undefined) return undefined;
  const keeper = await claimShared(shared);
  const { record, client } = shared;
  using _connection = client;
  const { everStarted } = await client.request('shutdown', {});
  const { environmentId, paths, links } = record;
  return findResidue({ environmentId, paths, links, everStarted, keeper });
}
