import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toxicsOfDisturbance } from './toxics-of-disturbance.ts';

describe('toxicsOfDisturbance', () => {
  it('partitions by a bandwidth of zero, on the asked streams only', () => {
    const streams = (direction: 'both' | 'up' | 'down') =>
      toxicsOfDisturbance({ kind: 'partition', direction }).map((toxic) => toxic.stream);
    expect(streams('both')).toEqual(['upstream', 'downstream']);
    expect(streams('up')).toEqual(['upstream']);
    expect(streams('down')).toEqual(['downstream']);
    expect(toxicsOfDisturbance({ kind: 'partition', direction: 'up' })[0]).toMatchObject({
      type: 'bandwidth',
      attributes: { rate: 0 },
    });
  });

  it('converts to the units of Toxiproxy', () => {
    expect(toxicsOfDisturbance({ kind: 'slice', averageSizeBytes: 400, delayMs: 3 })[0]?.attributes).toEqual({
      average_size: 400,
      size_variation: 100,
      delay: 3_000,
    });
    expect(toxicsOfDisturbance({ kind: 'bandwidth', bytesPerSecond: 64_000 })[0]?.attributes).toEqual({ rate: 64 });
  });

  it('never turns a slow link into a partition, nor slices without end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_000 }), (amount) => {
        const rates = toxicsOfDisturbance({ kind: 'bandwidth', bytesPerSecond: amount });
        const slices = toxicsOfDisturbance({ kind: 'slice', averageSizeBytes: amount, delayMs: 0 });
        for (const toxic of [...rates, ...slices]) {
          if (toxic.type === 'bandwidth') expect(toxic.attributes.rate).toBeGreaterThan(0);
          if (toxic.type !== 'slicer') continue;
          expect(toxic.attributes.average_size).toBeGreaterThan(toxic.attributes.size_variation);
        }
      }),
    );
  });

  it('names each toxic of a disturbance differently', () => {
    const names = toxicsOfDisturbance({ kind: 'reset' }).map((toxic) => toxic.name);
    expect(new Set(names).size).toBe(names.length);
  });
});
