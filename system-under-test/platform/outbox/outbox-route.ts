import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { parseInput } from '../http/parse-input.ts';
import type { Outbox } from '../store.ts';

const querySchema = z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(100) });

/** `GET /admin/outbox/events?limit=`: the newest events first, and how many wait for the relay. */
export function outboxRoute(app: FastifyInstance, outbox: Outbox): void {
  app.get('/admin/outbox/events', async (request) => {
    const { limit } = parseInput(querySchema, request.query);
    const [pending, events] = await Promise.all([outbox.pendingCount(), outbox.latest(limit)]);
    return {
      pending,
      events: events.map((event) => ({
        id: event.id,
        topic: event.topic,
        aggregate_id: event.aggregateId,
        event_type: event.type,
        version: event.version,
        event_data: event.payload,
        headers: event.headers,
        created_at: event.createdAt,
        processed_at: event.processedAt ?? null,
      })),
    };
  });
}
