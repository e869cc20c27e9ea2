import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { endpoint } from '#sut/contract/endpoint.ts';
import { documentedRoute } from '../http/documented-route.ts';
import { type ReadinessChecks, readinessOf } from './readiness.ts';

const readinessSchema = z.object({
  status: z.enum(['ready', 'not-ready']),
  /** `ok`, or what is wrong, by part. */
  checks: z.record(z.string(), z.string()),
});
const ENDPOINTS = {
  live: endpoint({
    method: 'GET',
    path: '/health/live',
    summary: 'The process answers',
    answers: { 200: z.object({ status: z.literal('live') }) },
  }),
  ready: endpoint({
    method: 'GET',
    path: '/health/ready',
    summary: 'Every part works; 503 names what does not',
    answers: { 200: readinessSchema, 503: readinessSchema },
  }),
};

/** `/health/live`: the process answers. `/health/ready`: 200 when every part works, else 503 naming what does not. */
export function healthRoutes(app: FastifyInstance, checks: () => ReadinessChecks): void {
  documentedRoute(app, ENDPOINTS.live, (_) => [200, { status: 'live' as const }]);
  documentedRoute(app, ENDPOINTS.ready, async (_) => {
    const { isReady, checks: results } = await readinessOf(checks());
    const status = isReady ? ('ready' as const) : ('not-ready' as const);
    return [isReady ? 200 : 503, { status, checks: results }];
  });
}
