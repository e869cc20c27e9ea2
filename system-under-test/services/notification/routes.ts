import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { parseInput } from '#sut/platform/http/parse-input.ts';
import type { MongoStore } from '#sut/platform/mongo/mongo-store.ts';
import { type NotificationDocument, notificationsOf } from './notification-documents.ts';

const querySchema = z.object({ order_id: z.string().min(1).max(128) });

/** `GET /notifications?order_id=…`. */
export function notificationRoutes(app: FastifyInstance, { db }: MongoStore): void {
  app.get('/notifications', async (request) => {
    const { order_id } = parseInput(querySchema, request.query);
    const documents = await notificationsOf(db).find({ order_id }).sort({ created_at: 1 }).toArray();
    return { notifications: documents.map(present) };
  });
}

function present(document: NotificationDocument) {
  return {
    id: document._id,
    saga_id: document.saga_id,
    order_id: document.order_id,
    user_id: document.user_id,
    kind: document.kind,
    channel: document.channel,
    status: document.status,
    reason: document.reason,
    created_at: document.created_at,
  };
}
