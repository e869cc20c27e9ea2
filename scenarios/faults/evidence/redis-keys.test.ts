import { expect, test } from 'vitest';
import { flushesIn } from './redis-keys.ts';

test('flushes are counted when they were carried out', () => {
  const line = 'cmdstat_flushall:calls=3,usec=40,usec_per_call=13.33,rejected_calls=2,failed_calls=1';
  expect(flushesIn(`# Commandstats\r\ncmdstat_ping:calls=9,usec=1\r\n${line}\r\n`)).toBe(2);
  expect(flushesIn('# Commandstats\r\ncmdstat_ping:calls=9,usec=1\r\n')).toBe(0);
});
