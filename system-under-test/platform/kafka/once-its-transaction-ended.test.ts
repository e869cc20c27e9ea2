import { expect, it } from 'vitest';
import { onceItsTransactionEnded } from './once-its-transaction-ended.ts';

/** As kafkajs hands it out: a protocol error, wrapped by a retrier that was told not to try again. */
function refusal(type: string): Error {
  const cause = Object.assign(new Error(type), { type });
  return new Error(type, { cause });
}

function refusing(...refusals: readonly Error[]): {
  readonly begin: () => Promise<string>;
  readonly calls: () => number;
} {
  let calls = 0;
  const begin = async () => {
    const error = refusals[calls];
    calls += 1;
    if (error !== undefined) throw error;
    return 'begun';
  };
  return { begin, calls: () => calls };
}

it('asks again while the previous transaction is being ended', async () => {
  const { begin, calls } = refusing(refusal('CONCURRENT_TRANSACTIONS'), refusal('CONCURRENT_TRANSACTIONS'));
  expect(await onceItsTransactionEnded(begin)).toBe('begun');
  expect(calls()).toBe(3);
});

it.each([refusal('INVALID_PRODUCER_EPOCH'), refusal('NOT_LEADER_FOR_PARTITION'), new Error('CONCURRENT_TRANSACTIONS')])(
  'passes on any other rejection at once: %s',
  async (error) => {
    const { begin, calls } = refusing(error);
    await expect(onceItsTransactionEnded(begin)).rejects.toBe(error);
    expect(calls()).toBe(1);
  },
);
