import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { EVENT_SOURCES, eventsTopic } from '#sut/contract/topics.ts';
import { HttpError } from '#sut/platform/http/http-error.ts';
import { parseInput } from '#sut/platform/http/parse-input.ts';
import type { PostgresStore } from '#sut/platform/postgres/postgres-store.ts';
import { replay } from './replay.ts';
import { readEvent, readEvents, readGaps, readHistory } from './store/read-events.ts';
import type { StoredEvent } from './stored-event.ts';

const idSchema = z.string().min(1).max(256);
const topicSchema = z.enum(EVENT_SOURCES.map(eventsTopic));
const listSchema = z.object({
  aggregate: idSchema.optional(),
  topic: topicSchema.optional(),
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});
const replaySchema = z.object({ topic: topicSchema, aggregate: idSchema });
const gapsSchema = z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(1_000) });
const eventSchema = z.object({ message_id: idSchema });

/** The event store's part of the public API (`contract/api.ts`). */
export function eventRoutes(app: FastifyInstance, store: PostgresStore): void {
  app.get('/events', async (request) => {
    const { aggregate, topic, after, limit } = parseInput(listSchema, request.query);
    const events = await readEvents(store, { aggregateId: aggregate, topic, after, limit });
    // A full page may be the last one; then the next is empty.
    return { events: events.map(present), next: events.length < limit ? null : (events.at(-1)?.position ?? null) };
  });

  app.get('/events/replay', async (request) => {
    const { topic, aggregate } = parseInput(replaySchema, request.query);
    const replayed = replay(topic, await readHistory(store, topic, aggregate));
    if (replayed === undefined) throw new HttpError(404, `no events of '${aggregate}' in ${topic}`);
    return { topic, aggregate_id: aggregate, ...replayed };
  });

  app.get('/events/gaps', async (request) => {
    const gaps = await readGaps(store, parseInput(gapsSchema, request.query).limit);
    return { gaps: gaps.map(({ topic, aggregateId, missing }) => ({ topic, aggregate_id: aggregateId, missing })) };
  });

  app.get('/events/:message_id', async (request) => {
    const { message_id: id } = parseInput(eventSchema, request.params);
    const event = await readEvent(store, id);
    if (event === undefined) throw new HttpError(404, `no event '${id}'`);
    return present(event);
  });
}

function present(event: StoredEvent) {
  return {
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
  };
}
