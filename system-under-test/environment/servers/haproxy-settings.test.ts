import { expect, test } from 'vitest';
import { haproxySettings } from './haproxy-settings.ts';

test('each member is asked at its Patroni and reached at its PostgreSQL', () => {
  const members = [
    { name: 'postgres-1', port: 5432, restPort: 8008 },
    { name: 'postgres-2', port: 5433, restPort: 8009 },
  ];
  const lines = haproxySettings(5430, members).split('\n');
  expect(lines).toContain('  bind 127.0.0.1:5430');
  expect(lines.filter((line) => line.startsWith('  server '))).toEqual([
    '  server postgres-1 127.0.0.1:5432 check port 8008',
    '  server postgres-2 127.0.0.1:5433 check port 8009',
  ]);
});
