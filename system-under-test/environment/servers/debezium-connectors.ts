import { HEADERS } from '../../contract/messages.ts';
import {
  headerColumn,
  OPTIONAL_HEADERS,
  OUTBOX_PUBLICATION,
  OUTBOX_TABLE,
  RECORD_COLUMNS,
} from '../../contract/outbox-record.ts';
import { POSTGRES_USER, STORES, type StoredService } from '../../contract/stores.ts';
import { entryAddress } from './entry-address.ts';

/** The replication slot of a database. */
export const slotOf = (database: string): string => `outbox_${database}`;

/** Ports of the engines' entries, and from where MongoDB's changes are to be read. */
export interface CaptureSources {
  readonly postgresPorts: readonly number[];
  readonly mongodbPorts: readonly number[];
  /** BSON timestamp as a decimal number: a connector without offsets begins there. */
  readonly mongodbStart: string;
}

export interface Connector {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
}

/** The connector of a service; that of the order service has the name of the specification. */
const connectorOf = (service: StoredService): string =>
  service === 'order' ? 'outbox-connector' : `outbox-connector-${service}`;

/** One connector per service with a store. */
export function debeziumConnectors(sources: CaptureSources): readonly Connector[] {
  return (Object.keys(STORES) as StoredService[]).map((service) => {
    const { engine, database } = STORES[service];
    const ofEngine = engine === 'postgres' ? postgresConfig(database, sources) : mongodbConfig(database, sources);
    return { name: connectorOf(service), config: { ...commonConfig(service), ...ofEngine } };
  });
}

const commonConfig = (service: StoredService) => ({
  'tasks.max': '1',
  'topic.prefix': `outbox.${service}`,
  'exactly.once.support': 'required',
  // What a poll has brought is one Kafka transaction, its offsets included.
  'transaction.boundary': 'poll',
  'poll.interval.ms': '20',
  // The slot, or the time to begin at, is older than the first event: nothing has to be read from the tables.
  'snapshot.mode': 'no_data',
  'skipped.operations': 'u,d,t',
  'extended.headers.enabled': 'false',
  'producer.override.transaction.timeout.ms': '10000',
  'producer.override.linger.ms': '0',
  // After a failover the source is tried again soon and for ever.
  'errors.max.retries': '-1',
  'retriable.restart.connector.wait.ms': '500',
  transforms: 'outbox,dropId',
  'transforms.outbox.route.by.field': 'topic',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is Debezium's own placeholder
  'transforms.outbox.route.topic.replacement': '${routedByValue}',
  // The router always adds the event's id under this name; ours is called otherwise.
  'transforms.dropId.type': 'org.apache.kafka.connect.transforms.DropHeaders',
  'transforms.dropId.headers': 'id',
});

function postgresConfig(database: string, { postgresPorts }: CaptureSources): Readonly<Record<string, string>> {
  return {
    'connector.class': 'io.debezium.connector.postgresql.PostgresConnector',
    'database.hostname': '127.0.0.1',
    'database.port': String(postgresPorts[0]),
    'database.user': POSTGRES_USER,
    'database.dbname': database,
    'plugin.name': 'pgoutput',
    'slot.name': slotOf(database),
    'publication.name': OUTBOX_PUBLICATION,
    'publication.autocreate.mode': 'disabled',
    'table.include.list': `public.${OUTBOX_TABLE}`,
    'transforms.outbox.type': 'io.debezium.transforms.outbox.EventRouter',
    'transforms.outbox.table.field.event.id': 'id',
    'transforms.outbox.table.field.event.key': RECORD_COLUMNS.key,
    'transforms.outbox.table.field.event.payload': 'event_data',
    'transforms.outbox.table.fields.additional.placement': placementOf('id'),
  };
}

function mongodbConfig(
  database: string,
  { mongodbPorts, mongodbStart }: CaptureSources,
): Readonly<Record<string, string>> {
  return {
    'connector.class': 'io.debezium.connector.mongodb.MongoDbConnector',
    'mongodb.connection.string': entryAddress('mongodb', mongodbPorts),
    'capture.mode': 'change_streams',
    'capture.scope': 'database',
    'capture.target': database,
    'capture.start.op.time': mongodbStart,
    'collection.include.list': `${database}.outbox_events`,
    'cursor.max.await.time.ms': '50',
    'transforms.outbox.type': 'io.debezium.connector.mongodb.transforms.outbox.MongoEventRouter',
    'transforms.outbox.collection.field.event.id': '_id',
    'transforms.outbox.collection.field.event.key': RECORD_COLUMNS.key,
    'transforms.outbox.collection.field.event.payload': RECORD_COLUMNS.value,
    'transforms.outbox.collection.fields.additional.placement': placementOf('_id'),
    // Headers that a record is without.
    'transforms.outbox.collection.field.additional.missing': 'ignore',
  };
}

/** Which column or field goes where: `<column>:header:<name>` and the partition. */
function placementOf(idColumn: string): string {
  const headers: readonly (readonly [string, string])[] = [
    [idColumn, HEADERS.messageId],
    ['event_type', HEADERS.type],
    ['aggregate_id', HEADERS.aggregateId],
    ['version', HEADERS.version],
    ...OPTIONAL_HEADERS.map((header) => [headerColumn(header), header] as const),
  ];
  return [
    ...headers.map(([column, header]) => `${column}:header:${header}`),
    `${RECORD_COLUMNS.partition}:partition`,
  ].join(',');
}
