import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Endpoint, endpoint } from '#sut/contract/endpoint.ts';
import { methodsOf } from './collect-routes.ts';
import { documentedRoute } from './documented-route.ts';
import { HttpError } from './http-error.ts';
import { openApiDocument } from './openapi-document.ts';

const DESCRIPTION = endpoint({
  method: 'GET',
  path: '/openapi.json',
  summary: 'This document',
  answers: { 200: z.record(z.string(), z.unknown()) },
});

/** `GET /openapi.json`, and answers to what is not in it: 405 with `Allow` for a known path, else 404. */
export function describeRoutes(app: FastifyInstance, title: string, endpoints: readonly Endpoint[]): void {
  let document: Readonly<Record<string, unknown>> | undefined;
  documentedRoute(app, DESCRIPTION, () => {
    document ??= openApiDocument(title, endpoints);
    return [200, document];
  });
  // Before the body is read: what is wrong with it does not matter here.
  app.addHook('onRequest', async (request, reply) => {
    if (!request.is404) return;
    const allowed = methodsOf(endpoints, request.url);
    if (allowed.length === 0) throw new HttpError(404, `no route ${request.method} ${request.url}`);
    reply.header('allow', allowed.join(', '));
    throw new HttpError(405, `${request.url} does not take ${request.method}`, { allowed });
  });
}
