import { explainCapture } from './capture-limit.ts';
import { hasFailoverSlots } from './components/failover-slots.ts';
import { entryPorts } from './entry-ports.ts';
import type { EnvironmentRecord } from './environment-record.ts';
import { debeziumConnectors } from './servers/debezium-connectors.ts';
import { keepSlots, restPortOf } from './servers/patroni-control.ts';
import {
  CAPTURED_DATABASES,
  dropSlots,
  mongodbTime,
  postgresVersion,
  prepareSlots,
  spreadSlots,
} from './servers/prepare-capture.ts';
import { provisionConnectors } from './servers/provision-connectors.ts';

/**
 * Lets Debezium read every outbox; resolves when every connector runs. Call it before anybody may ask anything of the
 * services: from this call on no row is missed, whenever a connector begins to read. Rejects with `OutboxesNotCaptured`.
 */
export function captureOutboxes(record: EnvironmentRecord, signal: AbortSignal): Promise<void> {
  return explainCapture(record.paths.logsDir, (limit) => capture(record, limit), signal);
}

async function capture(record: EnvironmentRecord, signal: AbortSignal): Promise<void> {
  const { connect } = record.ports;
  if (connect === undefined) throw new Error('there is no Kafka Connect in this environment');
  const [postgresPorts, mongodbPorts] = [entryPorts(record, 'postgres'), entryPorts(record, 'mongodb')];
  const isFailover = hasFailoverSlots(await postgresVersion(postgresPorts, signal));
  if (!isFailover) await tellPatroni(record, ({ database }) => database, signal);
  const [mongodbStart] = await Promise.all([
    mongodbTime(mongodbPorts, signal),
    prepareSlots(postgresPorts, isFailover, signal),
  ]);
  if (isFailover) {
    const members = record.nodes.filter(({ server }) => server === 'patroni').map(({ port }) => port);
    await spreadSlots(postgresPorts, members, signal);
  }
  const connectors = debeziumConnectors({ postgresPorts, mongodbPorts, mongodbStart });
  await provisionConnectors(connect, connectors, signal);
}

/** Gives back what `captureOutboxes` made in PostgreSQL, so that the databases can be dropped. The worker must have ended. */
export async function releaseOutboxes(record: EnvironmentRecord, signal: AbortSignal): Promise<void> {
  const ports = entryPorts(record, 'postgres');
  // Of a slot that it was never told of Patroni would make one of its own, instead of forgetting it.
  if (!hasFailoverSlots(await postgresVersion(ports, signal))) await tellPatroni(record, () => null, signal);
  await dropSlots(ports, signal);
}

/** Slots that PostgreSQL does not take along in a failover are the business of the cluster's Patroni. */
async function tellPatroni(
  { nodes }: EnvironmentRecord,
  wanted: (captured: (typeof CAPTURED_DATABASES)[number]) => string | null,
  signal: AbortSignal,
): Promise<void> {
  const member = nodes.find(({ server }) => server === 'patroni');
  if (member === undefined) return;
  const slots = Object.fromEntries(CAPTURED_DATABASES.map((captured) => [captured.slot, wanted(captured)]));
  await keepSlots(restPortOf(member), slots, signal);
}
