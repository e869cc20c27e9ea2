import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declarationOf } from '#sut/contract/components.ts';
import { PUBLIC_ENDPOINTS, type PublicService } from '#sut/contract/endpoints/catalog.ts';
import { SETTINGS } from '#sut/contract/settings.ts';
import { STORES } from '#sut/contract/stores.ts';
import { provisionDatabases } from '../environment/servers/provision-databases.ts';
import { provisionTopics } from '../environment/servers/provision-topics.ts';
import { ensureSchemathesis, type Schemathesis } from '../environment/testing/schemathesis.ts';
import { startServer } from '../environment/testing/start-server.ts';
import { type StartedService, startService } from '../platform/testing/start-service.ts';

const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'missing_required_header',
  'unsupported_method',
  'allow_header_conformance',
];
/** Each operation gets the cases that its schema's limits suggest, and so many random ones. */
const EXAMPLES = 10;
const SEED = 20_261_123;
const RUN_MS = 120_000;

const held = new AsyncDisposableStack();
const services = Object.keys(PUBLIC_ENDPOINTS) as readonly PublicService[];
let schemathesis: Schemathesis;
let env: (service: PublicService) => Readonly<Record<string, string>>;

beforeAll(async () => {
  const limit = AbortSignal.timeout(170_000);
  schemathesis = await ensureSchemathesis(limit);
  const [kafka, postgres, mongodb, redis] = await Promise.all([
    startServer('kafka'),
    startServer('postgres'),
    startServer('mongodb'),
    startServer('redis'),
  ]);
  for (const server of [kafka, postgres, mongodb, redis]) held.use(server);
  await Promise.all([provisionTopics(kafka.port, limit), provisionDatabases(postgres.port, limit)]);
  const dataDir = await mkdtemp(join(tmpdir(), 'openapi-'));
  held.defer(() => rm(dataDir, { recursive: true, force: true }));
  env = (service) => ({
    // Their work goes on behind the answers, which is not what is looked at here.
    ...Object.fromEntries(declarationOf(service).uses.map((name) => [SETTINGS.peerUrl(name), 'http://127.0.0.1:9'])),
    POSTGRES_URL: `postgres://shop@127.0.0.1:${postgres.port}/${STORES[service].database}`,
    MONGODB_URL: mongodb.url,
    KAFKA_BROKERS: kafka.url,
    REDIS_URL: redis.url,
    LOG_LEVEL: 'warn',
  });
});
afterAll(() => held.disposeAsync());

async function check(url: string): Promise<{ readonly code: number | null; readonly output: string }> {
  return schemathesis.run(
    [
      ...['run', `${url}/openapi.json`, '--checks', CHECKS.join(','), '--max-examples', String(EXAMPLES)],
      ...['--phases', 'examples,coverage,fuzzing', '--seed', String(SEED), '--workers', '1', '--request-timeout', '10'],
      ...['--continue-on-failure', '--no-shrink'],
    ],
    AbortSignal.timeout(RUN_MS),
  );
}

describe('answers as its OpenAPI document says, whatever it is asked', () => {
  it.each(services)('%s', async (service) => {
    await using started: StartedService = await startService(service, env(service));
    const { code, output } = await check(started.url);
    expect(code, `${output}\n${started.output()}`).toBe(0);
    // Passing on nothing would be no proof.
    expect(output).toMatch(/[1-9]\d* (generated|passed)/);
  });
});
