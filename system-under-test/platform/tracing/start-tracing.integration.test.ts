import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type StartedService, startService } from '../testing/start-service.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const held = new AsyncDisposableStack();
let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tracing-'));
  held.defer(() => rm(dataDir, { recursive: true, force: true }));
});
afterAll(() => held.disposeAsync());

const exportedSchema = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(z.object({ key: z.string(), value: z.unknown() })) }),
      scopeSpans: z.array(z.object({ spans: z.array(z.looseObject({ name: z.string(), traceId: z.string() })) })),
    }),
  ),
});

/** A collector that takes what comes; `answers: false`: and never says a word. */
async function collector(answers: boolean) {
  const bodies: z.infer<typeof exportedSchema>[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      bodies.push(exportedSchema.parse(JSON.parse(body)));
      if (answers) response.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  held.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { bodies, port: address.port };
}

const traced = async (port: number): Promise<StartedService> =>
  held.use(
    await startService('acquirer', {
      ...{ DATA_DIR: dataDir, LOG_LEVEL: 'warn', OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` },
      ...{ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_NODE_RESOURCE_DETECTORS: 'env' },
      // Longer than the test: what arrives was flushed at the end.
      OTEL_BSP_SCHEDULE_DELAY: '600000',
    }),
  );

async function charge(service: StartedService, key: string): Promise<number> {
  const answer = await fetch(`${service.url}/charges`, {
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', 'idempotency-key': key, traceparent: `00-${TRACE}-${PARENT}-01` },
      ...{ 'x-request-id': 'r-1', 'x-user-id': 'u-1' },
    },
    body: JSON.stringify({ order_id: 'o', amount_minor: 5, currency: 'USD', card: 'card-ok' }),
    signal: AbortSignal.timeout(5_000),
  });
  return answer.status;
}

describe('tracing', () => {
  it('sends what is left at SIGTERM: spans of requests, none of health checks', async () => {
    const { bodies, port } = await collector(true);
    const service = await traced(port);
    expect(await charge(service, 'k1')).toBe(201);
    expect(bodies).toEqual([]);
    expect(await service.stop()).toBe(0);
    const spans = bodies.flatMap((body) => body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans));
    expect(spans.flatMap((scope) => scope.spans)).toEqual([
      expect.objectContaining({
        ...{ name: 'POST /charges', traceId: TRACE, parentSpanId: PARENT },
        attributes: expect.arrayContaining([
          { key: 'user.id', value: { stringValue: 'u-1' } },
          { key: 'request.id', value: { stringValue: 'r-1' } },
          { key: 'http.response.status_code', value: { intValue: 201 } },
        ]),
      }),
    ]);
    expect(bodies[0]?.resourceSpans[0]?.resource.attributes).toContainEqual({
      key: 'service.name',
      value: { stringValue: 'acquirer' },
    });
  });

  it.each([
    ['is not there', async () => 1],
    ['never answers', async () => (await collector(false)).port],
  ])('does not disturb a service when the collector %s', async (_case, portOf) => {
    const service = await traced(await portOf());
    for (let n = 0; n < 50; n += 1) expect(await charge(service, `k${n}`)).toBe(201);
    const beganMs = Date.now();
    expect(await service.stop()).toBe(0);
    expect(Date.now() - beganMs).toBeLessThan(5_000);
    expect(service.output()).not.toMatch(/"level":[56]0/);
  });
});
