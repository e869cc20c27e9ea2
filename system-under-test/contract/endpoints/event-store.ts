import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { EVENT_SOURCES, eventsTopic } from '../topics.ts';
import { foreignIdSchema, idSchema, timeSchema } from './common.ts';

const topicSchema = z.enum(EVENT_SOURCES.map(eventsTopic));
const eventSchema = z.object({
  position: z.int(),
  message_id: z.string(),
  topic: z.string(),
  partition: z.int(),
  offset: z.string(),
  aggregate_id: z.string(),
  version: z.int(),
  type: z.string(),
  data: z.unknown(),
  headers: z.record(z.string(), z.string()),
  stored_at: timeSchema,
});
/** From, to. Not a tuple: Schemathesis 4.32 takes `prefixItems` for the `items` of an older draft. */
const rangeSchema = z.array(z.int()).length(2);

/** Public routes of the event store. */
export const EVENT_STORE_ENDPOINTS = {
  list: endpoint({
    method: 'GET',
    path: '/events',
    summary: 'Events, those of an aggregate in the order of their versions; `next` continues after the page',
    query: z.object({
      aggregate: foreignIdSchema.optional(),
      topic: topicSchema.optional(),
      after: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(1).max(1_000).default(100),
    }),
    answers: { 200: z.object({ events: z.array(eventSchema), next: z.int().nullable() }) },
  }),
  replay: endpoint({
    method: 'GET',
    path: '/events/replay',
    summary: 'An aggregate folded from its events',
    query: z.object({ topic: topicSchema, aggregate: foreignIdSchema }),
    answers: {
      200: z.object({
        topic: z.string(),
        aggregate_id: z.string(),
        state: z.unknown(),
        version: z.int(),
        events: z.int(),
        missing: rangeSchema.nullable(),
      }),
    },
    errors: { 404: 'no events of it' },
  }),
  gaps: endpoint({
    method: 'GET',
    path: '/events/gaps',
    summary: 'Versions that are missing although a later one is there',
    query: z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(1_000) }),
    answers: {
      200: z.object({
        gaps: z.array(z.object({ topic: z.string(), aggregate_id: z.string(), missing: rangeSchema })),
      }),
    },
  }),
  read: endpoint({
    method: 'GET',
    path: '/events/:message_id',
    summary: 'An event',
    params: z.object({ message_id: idSchema }),
    answers: { 200: eventSchema },
    errors: { 404: 'no such event' },
  }),
};
