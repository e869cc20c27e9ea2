import type { FastifyInstance } from 'fastify';
import { type ReadinessChecks, readinessOf } from './readiness.ts';

/** `/health/live`: the process answers. `/health/ready`: 200 when every part works, else 503 naming what does not. */
export function healthRoutes(app: FastifyInstance, checks: () => ReadinessChecks): void {
  app.get('/health/live', async () => ({ status: 'live' }));
  app.get('/health/ready', async (_request, reply) => {
    const readiness = await readinessOf(checks());
    return reply.status(readiness.isReady ? 200 : 503).send({
      status: readiness.isReady ? 'ready' : 'not-ready',
      checks: readiness.checks,
    });
  });
}
