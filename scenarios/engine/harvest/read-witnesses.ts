import { z } from 'zod';
import type { AcquirerEntry, DeliveryEntry } from '#invariants/model/harvest.ts';
import type { Environment } from '#sut/contract/environment.ts';
import { harvestSchema } from '../bundle/harvest-schema.ts';

const REQUEST_TIMEOUT_MS = 10_000;

async function get(port: number, path: string, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
  });
  if (!response.ok) throw new Error(`GET ${path} answered ${response.status}`);
  return response.json();
}

export async function readAcquirer(environment: Environment, signal: AbortSignal): Promise<readonly AcquirerEntry[]> {
  const entry = z
    .object({
      seq: z.number(),
      kind: z.string(),
      order_id: z.string(),
      idempotency_key: z.string(),
      amount_minor: z.number(),
    })
    .transform((one) => ({
      seq: one.seq,
      kind: one.kind,
      orderId: one.order_id,
      idempotencyKey: one.idempotency_key,
      amountMinor: one.amount_minor,
    }))
    .pipe(harvestSchema.shape.acquirer.element);
  const body = await get(environment.port('acquirer'), '/ledger', signal);
  return z.object({ entries: z.array(entry) }).parse(body).entries;
}

export async function readDeliveries(environment: Environment, signal: AbortSignal): Promise<readonly DeliveryEntry[]> {
  const delivery = z
    .object({ seq: z.number(), notification_id: z.string(), order_id: z.string(), kind: z.string() })
    .transform((one) => ({ seq: one.seq, notificationId: one.notification_id, orderId: one.order_id, kind: one.kind }))
    .pipe(harvestSchema.shape.deliveries.element);
  const body = await get(environment.port('message-provider'), '/deliveries', signal);
  return z.object({ deliveries: z.array(delivery) }).parse(body).deliveries;
}
