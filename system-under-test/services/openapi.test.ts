import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { PUBLIC_ENDPOINTS, type PublicService } from '#sut/contract/endpoints/catalog.ts';
import { createApp } from '#sut/platform/http/create-app.ts';
import { readSettings } from '#sut/platform/service/settings.ts';
import { checkOpenApi } from '#sut/platform/testing/check-openapi.ts';
import { eventRoutes } from './event-store/routes.ts';
import { gatewayRoutes } from './gateway/routes.ts';
import { inventoryRoutes } from './inventory/routes.ts';
import { notificationRoutes } from './notification/routes.ts';
import { SAGA_DEFINITIONS } from './orchestrator/definitions/saga-definitions.ts';
import { sagaRoutes } from './orchestrator/routes.ts';
import { orderRoutes } from './order/routes.ts';
import { paymentRoutes } from './payment/routes.ts';
import { userRoutes } from './user/routes.ts';
import { walletRoutes } from './wallet/routes.ts';

/** Registering routes touches no database: what a handler would use is missing. */
const nothing = { store: {} } as never;
const orchestration = { definitions: SAGA_DEFINITIONS } as never;

const REGISTER: Readonly<Record<PublicService, (app: FastifyInstance) => void>> = {
  order: (app) => orderRoutes(app, nothing),
  inventory: (app) => inventoryRoutes(app, nothing),
  payment: (app) => paymentRoutes(app, nothing),
  notification: (app) => notificationRoutes(app, nothing),
  user: (app) => userRoutes(app, nothing),
  wallet: (app) => walletRoutes(app, nothing),
  orchestrator: (app) => sagaRoutes(app, nothing, orchestration),
  'event-store': (app) => eventRoutes(app, nothing),
};

async function documentOf(register: (app: FastifyInstance) => void) {
  const app = createApp({ title: 'test', log: pino({ level: 'silent' }), newId: () => 'made' });
  const registered: string[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    if (method !== 'HEAD') registered.push(`${String(method)} ${template(url)}`);
  });
  register(app);
  const { operations, faults } = checkOpenApi((await app.inject({ method: 'GET', url: '/openapi.json' })).json());
  await app.close();
  return { registered, faults, documented: operations.filter((operation) => operation !== 'GET /openapi.json') };
}

const template = (path: string): string => path.replaceAll(/:(\w+)/g, '{$1}');
const publicOf = (service: PublicService): string[] =>
  PUBLIC_ENDPOINTS[service].map(({ method, path }) => `${method} ${template(path)}`);
const services = Object.keys(PUBLIC_ENDPOINTS) as readonly PublicService[];

describe('OpenAPI document', () => {
  it.each(services)(
    'of %s: valid, all of its routes, nothing else, and what the contract promises',
    async (service) => {
      const { registered, documented, faults } = await documentOf(REGISTER[service]);
      expect(faults).toEqual([]);
      expect(documented.toSorted()).toEqual(registered.toSorted());
      expect(documented.toSorted()).toEqual(publicOf(service).toSorted());
    },
  );

  it('of the gateway: the whole public API', async () => {
    const env = new Proxy({}, { get: (_, name) => (String(name).endsWith('_URL') ? 'http://127.0.0.1:9' : undefined) });
    const settings = readSettings(env, { name: 'gateway', defaultPort: 0 });
    const { registered, documented, faults } = await documentOf((app) => gatewayRoutes(app, settings));
    expect(faults).toEqual([]);
    expect(documented.toSorted()).toEqual(registered.toSorted());
    expect(documented.toSorted()).toEqual(services.flatMap(publicOf).toSorted());
  });

  it('is checked by something that sees faults', () => {
    const operation = { operationId: 'a', summary: 'a', parameters: [], responses: {} };
    const document = (paths: object) => ({
      ...{ openapi: '3.1.1', info: { title: 't', version: '1' } },
      ...{ paths, components: { schemas: {} } },
    });
    expect(checkOpenApi(document({ '/a/{id}': { get: operation, put: operation } })).faults).toHaveLength(5);
    expect(() => checkOpenApi(document({ '/a': { get: { ...operation, sumary: 'a' } } }))).toThrow('sumary');
  });
});
