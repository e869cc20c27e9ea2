import { expect, it } from 'vitest';
import { redisClusterSet } from './redis-cluster-set.ts';

/** CRC16-CCITT (XModem), of which Redis takes 14 bits. */
function slotOf(text: string): number {
  let crc = 0;
  for (const byte of Buffer.from(text)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc % 16_384;
}

it('writes to the slot whose master is to fail', () => {
  // From the documentation of Redis: CRC16 of 123456789 is 0x31C3.
  expect(slotOf('123456789')).toBe(0x31c3);
  expect(redisClusterSet.led).toEqual({ kind: 'slot', slot: slotOf('06S') });
});
