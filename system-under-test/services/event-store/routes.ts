import type { FastifyInstance } from 'fastify';
import { EVENT_STORE_ENDPOINTS } from '#sut/contract/endpoints/event-store.ts';
import { documentedRoute } from '#sut/platform/http/documented-route.ts';
import { HttpError } from '#sut/platform/http/http-error.ts';
import type { PostgresStore } from '#sut/platform/postgres/postgres-store.ts';
import { replay } from './replay.ts';
import { readEvent, readEvents, readGaps, readHistory } from './store/read-events.ts';
import type { StoredEvent } from './stored-event.ts';

/** The event store's part of the public API. */
export function eventRoutes(app: FastifyInstance, store: PostgresStore): void {
  documentedRoute(app, EVENT_STORE_ENDPOINTS.list, async ({ query }) => {
    const { aggregate, topic, after, limit } = query;
    const events = await readEvents(store, { aggregateId: aggregate, topic, after, limit });
    // A full page may be the last one; then the next is empty.
    const next = events.length < limit ? null : (events.at(-1)?.position ?? null);
    return [200, { events: events.map(present), next }];
  });

  documentedRoute(app, EVENT_STORE_ENDPOINTS.replay, async ({ query: { topic, aggregate } }) => {
    const replayed = replay(topic, await readHistory(store, topic, aggregate));
    if (replayed === undefined) throw new HttpError(404, `no events of '${aggregate}' in ${topic}`);
    return [200, { topic, aggregate_id: aggregate, ...replayed }];
  });

  documentedRoute(app, EVENT_STORE_ENDPOINTS.gaps, async ({ query }) => {
    const gaps = await readGaps(store, query.limit);
    return [
      200,
      { gaps: gaps.map(({ topic, aggregateId, missing }) => ({ topic, aggregate_id: aggregateId, missing })) },
    ];
  });

  documentedRoute(app, EVENT_STORE_ENDPOINTS.read, async ({ params }) => {
    const event = await readEvent(store, params.message_id);
    if (event === undefined) throw new HttpError(404, `no event '${params.message_id}'`);
    return [200, present(event)];
  });
}

const present = (event: StoredEvent) => ({
  position: event.position,
  message_id: event.messageId,
  topic: event.topic,
  partition: event.partition,
  offset: event.offset,
  aggregate_id: event.aggregateId,
  version: event.version,
  type: event.type,
  data: event.data,
  headers: event.headers,
  stored_at: event.storedAt,
});
