import type { FastifyInstance } from 'fastify';
import { NOTIFICATION_ENDPOINTS } from '#sut/contract/endpoints/notification.ts';
import { documentedRoute } from '#sut/platform/http/documented-route.ts';
import { HttpError } from '#sut/platform/http/http-error.ts';
import type { MongoStore } from '#sut/platform/mongo/mongo-store.ts';
import { type NotificationDocument, notificationsOf } from './notification-documents.ts';

/** The notification part of the public API. */
export function notificationRoutes(app: FastifyInstance, store: MongoStore): void {
  documentedRoute(app, NOTIFICATION_ENDPOINTS.read, async ({ params: { id } }) => {
    const document = await store.read((db) => notificationsOf(db).findOne({ _id: id }));
    if (document === null) throw new HttpError(404, `no notification '${id}'`);
    return [200, present(document)];
  });

  documentedRoute(app, NOTIFICATION_ENDPOINTS.ofOrder, async ({ query: { order_id } }) => {
    const documents = await store.read((db) =>
      notificationsOf(db).find({ order_id }).sort({ created_at: 1 }).toArray(),
    );
    return [200, { notifications: documents.map(present) }];
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
