import { expect, test } from 'vitest';
import { patroniSettings } from './patroni-settings.ts';

const member = {
  ...{ name: 'postgres-2', postgresDir: '/data/postgres', binDir: '/bin' },
  ...{ version: '15.18', fellows: ['postgres-1', 'postgres-3'] },
  ...{ port: 5433, advertisedPort: 6433, restPort: 8009, etcdPort: 2379 },
};

test('it listens at its own port and is reached at the advertised one', () => {
  const { postgresql, etcd3 } = JSON.parse(patroniSettings(member));
  expect(postgresql).toMatchObject({ listen: '127.0.0.1:5433', connect_address: '127.0.0.1:6433' });
  expect(etcd3).toEqual({ hosts: ['127.0.0.1:2379'], use_proxies: true });
});

test('an acknowledged commit is on two members', () => {
  const { dcs } = JSON.parse(patroniSettings(member)).bootstrap;
  expect(dcs).toMatchObject({ synchronous_mode: true, primary_start_timeout: 0, ttl: 20 });
});

test('by default a member is missed as late as Patroni itself would have it', () => {
  const { dcs } = JSON.parse(patroniSettings({ ...member, detection: 'default' })).bootstrap;
  expect(dcs).toMatchObject({ ttl: 30, loop_wait: 10, primary_start_timeout: 300, synchronous_mode: true });
});

test('from PostgreSQL 17 on, readers of the log are shown nothing that the other members do not have', () => {
  const old = JSON.parse(patroniSettings(member));
  expect(old.postgresql.parameters).toEqual({});
  expect(old.bootstrap.dcs.postgresql.parameters).not.toHaveProperty('sync_replication_slots');
  const { postgresql, bootstrap } = JSON.parse(patroniSettings({ ...member, version: '18.4' }));
  expect(postgresql.parameters).toEqual({ synchronized_standby_slots: 'postgres_1,postgres_3' });
  expect(bootstrap.dcs.postgresql.parameters).toMatchObject({
    sync_replication_slots: 'on',
    hot_standby_feedback: 'on',
  });
});
