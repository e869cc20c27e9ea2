import { EnvironmentBusy } from './environment-lock.ts';
import { sharedRecordPath } from './environment-paths.ts';
import { type EnvironmentRecord, readEnvironmentRecord } from './environment-record.ts';
import { KeeperClient, KeeperRefused } from './keeper/keeper-client.ts';
import type { ProcessIdentity } from './keeper/process-identity.ts';
import { recoverLeftovers } from './recover-leftovers.ts';

export interface SharedKeeper {
  readonly record: EnvironmentRecord;
  /** Not yet the owner; the caller closes it. */
  readonly client: KeeperClient;
}

/**
 * Connects to the keeper of the environment that `chaos up` left running in this state directory; `undefined` when
 * there is none. What an environment that died has left is cleaned up on the way.
 */
export async function connectShared(stateDir: string): Promise<SharedKeeper | undefined> {
  await recoverLeftovers(stateDir);
  const record = readEnvironmentRecord(sharedRecordPath(stateDir));
  if (record === undefined) return undefined;
  const client = await KeeperClient.connect(record.paths.socket).catch((error: unknown) => {
    // It was ended between the two looks.
    if (readEnvironmentRecord(sharedRecordPath(stateDir)) === undefined) return undefined;
    throw error;
  });
  return client === undefined ? undefined : { record, client };
}

/** Makes the connection the owner's. Rejects with `EnvironmentBusy`, the connection closed, when a run has it. */
export async function claimShared({ record, client }: SharedKeeper): Promise<ProcessIdentity> {
  try {
    return (await client.request('claim', {})).keeper;
  } catch (error) {
    client[Symbol.dispose]();
    if (error instanceof KeeperRefused && error.code === 'BUSY') {
      throw new EnvironmentBusy(record.paths.shared, undefined, false);
    }
    throw error;
  }
}
