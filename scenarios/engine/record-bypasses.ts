import type { Environment } from '#sut/contract/environment.ts';
import type { HistorySink } from '../model/workload.ts';

/** Records every connection that was opened outside every link. */
export async function recordBypasses(environment: Environment, history: HistorySink): Promise<void> {
  for (const { client, target } of await environment.bypasses()) {
    history.record({ type: 'observation', kind: 'bypass', values: { client, target } });
  }
}
