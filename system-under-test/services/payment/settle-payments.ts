import type { PostgresStore } from '#sut/platform/postgres/postgres-store.ts';
import { traceCommand } from '#sut/platform/tracing/trace-command.ts';
import { type AnyWorker, durableWorker } from '#sut/platform/worker/durable-worker.ts';
import { requestCharge, requestReversal } from './acquirer-client.ts';
import { type AcquirerResult, decideResult } from './decide-payment.ts';
import type { Payment } from './payment.ts';
import { lockPayment, savePayment, toPayment } from './payment-rows.ts';

export const SETTLE_PAYMENTS = 'settle-payments';

/** Must outlast one call with its commit; a dead instance's rows are taken over after it. */
const CLAIM_SECONDS = 5;

/** A payment may be charged and reversed by two jobs at once: a hanging charge must not hold its reversal up. */
const jobId = (payment: Payment): string => `${payment.id}:${payment.status}`;

interface SettleOptions {
  readonly store: PostgresStore;
  readonly acquirerUrl: string;
  /** Name of this replica; it may take its own claims again, after a restart for example. */
  readonly instance: string;
}

/** Brings every payment that waits for the acquirer to an end, however often that takes. */
export function settlePayments({ store, acquirerUrl, instance }: SettleOptions): AnyWorker {
  return durableWorker<Payment>({
    name: SETTLE_PAYMENTS,
    take: async (limit, excludedIds) => {
      const rows = await store.query(CLAIM_UNSETTLED, [limit, excludedIds, instance, CLAIM_SECONDS]);
      return rows.map(toPayment);
    },
    id: jobId,
    run: (payment, signal) =>
      traceCommand('settle payment', payment.awaiting, async () => {
        const request = payment.status === 'REVERSING' ? requestReversal : requestCharge;
        await commitResult(store, payment.id, await request(acquirerUrl, payment, signal));
      }),
  });
}

const CLAIM_UNSETTLED = `
  update payments set claimed_by = $3, claimed_until = now() + make_interval(secs => $4)
  where id in (
    select id from payments
    where status in ('PENDING', 'REVERSING')
      and not (id || ':' || status = any($2::text[]))
      and (claimed_by is null or claimed_by = $3 or claimed_until < now())
    order by updated_at
    limit $1
    for update skip locked)
  returning *`;

/** Decides on the row as it is now, not as it was when the call began: a refund may have come in between. */
function commitResult(store: PostgresStore, id: string, result: AcquirerResult): Promise<void> {
  return store.transaction(async (unit) => {
    const current = await lockPayment(unit.tx, id);
    if (current === undefined) throw new Error(`payment ${id} is gone from its table`);
    const { payment, messages } = decideResult(current, result);
    if (payment === current) return;
    await savePayment(unit.tx, current, payment);
    for (const message of messages) await unit.publish(message);
  });
}
