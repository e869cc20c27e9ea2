import type { FastifyInstance } from 'fastify';
import type { ComponentName } from '#sut/contract/components.ts';
import { healthRoutes } from './health-routes.ts';
import { checkOf } from './readiness.ts';
import { openBase, whenAborted } from './service-base.ts';
import type { ServiceContext } from './service-context.ts';

/** A process that only speaks HTTP: the gateway, and the witnesses with ledgers of their own. */
export interface HttpServiceDeclaration {
  readonly name: ComponentName;
  /** May open resources (a ledger file); what it returns is disposed after the last request. */
  readonly routes: (
    app: FastifyInstance,
    context: ServiceContext,
  ) => Promise<AsyncDisposable | undefined> | AsyncDisposable | undefined;
  /** Truth for `/health/ready`; rejects with the reason when not. */
  readonly ready?: () => Promise<void>;
}

/** Runs the process until SIGTERM or SIGINT; resolves when everything is closed. */
export async function runHttpService(declaration: HttpServiceDeclaration): Promise<void> {
  await using base = await openBase(declaration.name);
  const ready = declaration.ready ?? (async () => {});
  healthRoutes(base.app, () =>
    base.draining.aborted ? { process: checkOf(() => false, 'draining') } : { process: ready },
  );
  await using _resources = await declaration.routes(base.app, base.context);
  await base.listen();
  base.log.info({ port: base.settings.port }, 'started');
  await whenAborted(base.draining);
  await base.closeHttp();
}
