import { expect, test } from 'vitest';
import { HEADERS } from '../../contract/messages.ts';
import { STORES } from '../../contract/stores.ts';
import { debeziumConnectors } from './debezium-connectors.ts';

const connectors = debeziumConnectors({ postgresPorts: [5430], mongodbPorts: [27017, 27018], mongodbStart: '7' });
const configOf = (name: string) => connectors.find((connector) => connector.name === name)?.config ?? {};

test('every outbox has a connector, and that of the orders the name of the specification', () => {
  expect(connectors).toHaveLength(Object.keys(STORES).length);
  expect(new Set(connectors.map(({ name }) => name)).size).toBe(connectors.length);
  expect(configOf('outbox-connector')).toMatchObject({ 'database.port': '5430', 'slot.name': 'outbox_orders' });
  expect(configOf('outbox-connector-wallet')).toMatchObject({
    'mongodb.connection.string': 'mongodb://127.0.0.1:27017,127.0.0.1:27018/?replicaSet=rs0',
    'capture.start.op.time': '7',
  });
});

test('every header that the relay writes is placed', () => {
  for (const { config } of connectors) {
    const placement =
      config['transforms.outbox.table.fields.additional.placement'] ??
      config['transforms.outbox.collection.fields.additional.placement'] ??
      '';
    const places = placement.split(',').map((entry) => entry.split(':').slice(1).join(':'));
    expect(places.toSorted()).toEqual(
      ['partition', ...Object.values(HEADERS).map((header) => `header:${header}`)].toSorted(),
    );
  }
});
