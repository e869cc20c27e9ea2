import type { ComponentStatus } from '../contract/environment.ts';
import { componentStatuses } from './component-statuses.ts';
import type { EnvironmentRecord } from './environment-record.ts';
import { connectShared } from './shared-keeper.ts';

export interface SharedStatus {
  readonly record: EnvironmentRecord;
  readonly components: readonly ComponentStatus[];
  /** Ids of faults that are not healed: a run is at work, or a heal has failed. */
  readonly openFaults: readonly string[];
}

/** Looks at the environment that `chaos up` left running without disturbing a run that uses it. */
export async function sharedStatus(stateDir: string): Promise<SharedStatus | undefined> {
  const shared = await connectShared(stateDir);
  if (shared === undefined) return undefined;
  const { record, client } = shared;
  using _connection = client;
  const [{ children }, { entries }] = await Promise.all([
    client.request('status', {}),
    client.request('open-faults', {}),
  ]);
  return { record, components: componentStatuses(record, children), openFaults: entries.map(({ id }) => id) };
}
