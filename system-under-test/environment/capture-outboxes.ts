import type { Environment } from '../contract/environment.ts';
import { debeziumConnectors } from './servers/debezium-connectors.ts';
import { mongodbTime, prepareSlots } from './servers/prepare-capture.ts';
import { provisionConnectors } from './servers/provision-connectors.ts';

/**
 * Lets Debezium read every outbox; resolves when every connector runs. Call it before anybody may ask anything of the
 * services: from this call on no row is missed, whenever a connector begins to read.
 */
export async function captureOutboxes(
  environment: Pick<Environment, 'entryPorts' | 'port'>,
  signal: AbortSignal,
): Promise<void> {
  const [postgresPorts, mongodbPorts] = [environment.entryPorts('postgres'), environment.entryPorts('mongodb')];
  const [mongodbStart] = await Promise.all([mongodbTime(mongodbPorts, signal), prepareSlots(postgresPorts, signal)]);
  const connectors = debeziumConnectors({ postgresPorts, mongodbPorts, mongodbStart });
  await provisionConnectors(environment.port('connect'), connectors, signal);
}
