import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Endpoint, endpoint } from '#sut/contract/endpoint.ts';
import { methodsOf } from './collect-routes.ts';
import { documentedRoute } from './documented-route.ts';
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
  app.setNotFoundHandler(async (request, reply) => {
    const methods = methodsOf(endpoints, request.url);
    if (methods.length === 0) {
      await reply.status(404).send({ error: `no route ${request.method} ${request.url}` });
      return;
    }
    await reply
      .status(405)
      .header('allow', methods.join(', '))
      .send({ error: `${request.url} does not take ${request.method}`, details: { allowed: methods } });
  });
}
