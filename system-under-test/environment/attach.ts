import { componentsOf } from '../contract/components.ts';
import { countBypasses } from './bypass-report.ts';
import { ExitWatch } from './exit-watch.ts';
import { ProcessEnvironment } from './process-environment.ts';
import { claimShared, connectShared } from './shared-keeper.ts';
import { connectLinks } from './start-servers.ts';

/**
 * The environment that `chaos up` left running, owned by this process until teardown, which leaves it running;
 * `undefined` when there is none. Faults that an earlier owner left open are undone first. Rejects with
 * `EnvironmentBusy` while another run uses it.
 */
export async function attach(stateDir: string): Promise<ProcessEnvironment | undefined> {
  const shared = await connectShared(stateDir);
  if (shared === undefined) return undefined;
  const keeper = await claimShared(shared);
  const { record, client } = shared;
  const exits = new ExitWatch(client, componentsOf(record.topology, record.publisher));
  try {
    await client.request('heal', {});
    const fleet = record.links.length === 0 ? undefined : await connectLinks(client, record.links);
    // What was connected before is the business of the runs before.
    const bypassesBefore = countBypasses(record.bypassLog);
    return new ProcessEnvironment({ record, client, keeper, exits, fleet, isShared: true, bypassesBefore });
  } catch (error) {
    client[Symbol.dispose]();
    throw error;
  }
}
