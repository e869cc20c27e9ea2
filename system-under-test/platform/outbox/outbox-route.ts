import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { endpoint } from '#sut/contract/endpoint.ts';
import { documentedRoute } from '../http/documented-route.ts';
import type { Outbox } from '../store.ts';

const eventSchema = z.object({
  id: z.string(),
  topic: z.string(),
  aggregate_id: z.string(),
  event_type: z.string(),
  version: z.int(),
  event_data: z.unknown(),
  headers: z.record(z.string(), z.string()),
  created_at: z.iso.datetime(),
  /** Null while it waits for the relay. */
  processed_at: z.iso.datetime().nullable(),
});
const LATEST = endpoint({
  method: 'GET',
  path: '/admin/outbox/events',
  summary: 'The newest events of the outbox, and how many wait for the relay',
  query: z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
  answers: { 200: z.object({ pending: z.int(), events: z.array(eventSchema) }) },
});

/** `GET /admin/outbox/events?limit=`: the newest events first, and how many wait for the relay. */
export function outboxRoute(app: FastifyInstance, outbox: Outbox): void {
  documentedRoute(app, LATEST, async ({ query: { limit } }) => {
    const [pending, latest] = await Promise.all([outbox.pendingCount(), outbox.latest(limit)]);
    const events = latest.map((event) => ({
      id: event.id,
      topic: event.topic,
      aggregate_id: event.aggregateId,
      event_type: event.type,
      version: event.version,
      event_data: event.payload,
      headers: event.headers,
      created_at: event.createdAt,
      processed_at: event.processedAt ?? null,
    }));
    return [200, { pending, events }];
  });
}
