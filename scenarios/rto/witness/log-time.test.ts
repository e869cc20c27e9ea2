import { expect, it } from 'vitest';
import { logTimeOf } from './log-time.ts';

it.each([
  ['2026-11-27 01:57:54,786 INFO: promoted', '2026-11-27T01:57:54.786Z', 1],
  ['2026-11-27T01:56:58,712 ERROR [x]', '2026-11-27T01:56:58.712Z', 1],
  ['[2026-11-27 01:56:58] whole seconds', '2026-11-27T01:56:58.000Z', 1_000],
  ['7031:M 27 Nov 2026 01:56:43.710 # Failover', '2026-11-27T01:56:43.710Z', 1],
  ['7031:M 27 Nov 2026 01:56:43 # Failover', '2026-11-27T01:56:43.000Z', 1_000],
])('reads %s', (line, iso, resolutionMs) => {
  expect(logTimeOf(line)).toEqual({ atMs: Date.parse(iso), resolutionMs });
});

it('finds no time where there is none', () => {
  expect(logTimeOf('java.lang.Exception: no')).toBeUndefined();
  expect(logTimeOf('27 Xyz 2026 01:56:43.710')).toBeUndefined();
});
