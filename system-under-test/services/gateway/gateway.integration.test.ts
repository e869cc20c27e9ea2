import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { IDEMPOTENCY_KEY_HEADER, REQUEST_ID_HEADER, TIMEOUT_HEADER } from '#sut/contract/api.ts';
import { PUBLIC_ENDPOINTS } from '#sut/contract/endpoints/catalog.ts';
import { SETTINGS } from '#sut/contract/settings.ts';
import { type StartedService, startService } from '#sut/platform/testing/start-service.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** The other side of the gateway, whose behaviour a test decides: answers, keeps silent, or hangs up after reading. */
class Peer {
  readonly seen: Seen[] = [];
  mode: 'answer' | 'hang' | 'hang-up' = 'answer';
  readonly name: string;
  readonly #server: Server;
  #port = 0;

  constructor(name: string) {
    this.name = name;
    this.#server = createServer((request, response) => {
      this.seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
      if (this.mode === 'hang-up') request.socket.destroy();
      if (this.mode !== 'answer') return;
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ from: name }));
    });
  }
  /** The same port each time. */
  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }
}

const NAMES = [...Object.keys(PUBLIC_ENDPOINTS), 'orchestrator-2'];
const peers = new Map(NAMES.map((name) => [name, new Peer(name)]));
function peer(name: string): Peer {
  const found = peers.get(name);
  if (found === undefined) throw new Error(`no peer ${name}`);
  return found;
}

let gateway: StartedService;
beforeAll(async () => {
  await Promise.all([...peers.values()].map((each) => each.open()));
  gateway = await startService('gateway', {
    ...Object.fromEntries(NAMES.map((name) => [SETTINGS.peerUrl(name), peer(name).url])),
    [SETTINGS.gatewayMaxRunning]: '2',
    [SETTINGS.gatewayMaxWaiting]: '1',
  });
});
afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await Promise.all([...peers.values()].map((each) => each.close()));
});
beforeEach(() => {
  for (const each of peers.values()) {
    each.mode = 'answer';
    each.seen.length = 0;
  }
});

async function send(path: string, init: { body?: unknown; headers?: Record<string, string>; method?: string } = {}) {
  const { body, headers = {}, method = body === undefined ? 'GET' : 'POST' } = init;
  const response = await fetch(gateway.url + path, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(15_000),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

describe('gateway', () => {
  it.each(
    Object.entries(PUBLIC_ENDPOINTS).flatMap(([service, endpoints]) =>
      endpoints.map(({ method, path }) => [method, path, service] as const),
    ),
  )('brings %s %s to the %s service', async (method, path, service) => {
    const target = `${path.replaceAll(/:\w+/g, 'x-1')}?a=b`;
    const answer = await send(target, { method, ...(method === 'GET' ? {} : { body: {} }) });
    expect([answer.status, answer.body]).toEqual([200, { from: service }]);
    expect(peer(service).seen).toMatchObject([{ method, url: target }]);
  });

  it('takes or makes a request id, and passes it on, logs it and answers it', async () => {
    const taken = await send('/orders/1', { headers: { [REQUEST_ID_HEADER]: 'req-42', 'x-user-id': 'u-1' } });
    const made = await send('/orders/1');
    const ids = [taken, made].map(({ headers }) => headers.get(REQUEST_ID_HEADER));
    expect(ids).toEqual(['req-42', expect.stringMatching(/^[\w-]{36}$/)]);
    expect(peer('order').seen.map(({ headers }) => headers[REQUEST_ID_HEADER])).toEqual(ids);
    expect(peer('order').seen[0]?.headers['x-user-id']).toBe('u-1');
    await expect.poll(() => gateway.output()).toMatch(/"reqId":"req-42".*"answered"/);
  });

  it('passes on what is left of the time, and its own bound when the caller names none or too much', async () => {
    for (const timeout of ['900', undefined, '600000']) {
      await send('/orders/1', { headers: timeout === undefined ? {} : { [TIMEOUT_HEADER]: timeout } });
    }
    const passed = peer('order').seen.map(({ headers }) => Number(headers[TIMEOUT_HEADER]));
    for (const [i, bound] of [900, 4_000, 10_000].entries()) {
      expect(passed[i]).toBeLessThan(bound);
      expect(passed[i]).toBeGreaterThan(bound - 800);
    }
  });

  it('answers 504 when the time is up, without asking anybody when it was up on arrival', async () => {
    expect((await send('/orders/1', { headers: { [TIMEOUT_HEADER]: '0' } })).status).toBe(504);
    expect(peer('order').seen).toEqual([]);
    peer('order').mode = 'hang';
    const startedAt = performance.now();
    expect((await send('/orders/1', { headers: { [TIMEOUT_HEADER]: '300' } })).status).toBe(504);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });

  it('is as deaf to a request line with a foreign host as to any other host', async () => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    socket.write(`GET ${peer('wallet').url}/orders/1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    expect(answer).toContain('"from":"order"');
    expect(peer('wallet').seen).toEqual([]);
  });

  it('lets a service that hangs take only its own share: 503 with Retry-After beyond it, the others work', async () => {
    peer('order').mode = 'hang';
    const limit = { headers: { [TIMEOUT_HEADER]: '3000' } };
    const shorter = { headers: { [TIMEOUT_HEADER]: '1000' } };
    const running = [send('/orders/1', limit), send('/orders/2', limit)];
    await expect.poll(() => peer('order').seen.length).toBe(2);
    const more = await Promise.all([send('/orders/3', shorter), send('/orders/4', shorter)]);
    expect(more.map(({ status }) => status)).toEqual([503, 503]);
    const refused = more.find(({ headers }) => headers.has('retry-after'));
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await send('/inventory/products/1')).status).toBe(200);
    expect((await send('/health/ready')).status).toBe(200);
    expect((await Promise.all(running)).map(({ status }) => status)).toEqual([504, 504]);
    peer('order').mode = 'answer';
    expect((await send('/orders/5')).status).toBe(200);
    expect(peer('order').seen.map(({ url }) => url)).toEqual(['/orders/1', '/orders/2', '/orders/5']);
  });

  it('gives the place of a caller who hangs up to the next', async () => {
    peer('user').mode = 'hang';
    const callers = [new AbortController(), new AbortController()];
    const gone = callers.map(({ signal }, i) => fetch(`${gateway.url}/users/${i}`, { signal }).catch(() => 'gone'));
    await expect.poll(() => peer('user').seen.length).toBe(2);
    for (const caller of callers) caller.abort();
    await Promise.all(gone);
    peer('user').mode = 'answer';
    const startedAt = performance.now();
    expect((await send('/users/3')).status).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it('says 502 when an answer broke off, and 503 when nobody was there', async () => {
    peer('payment').mode = 'hang-up';
    expect((await send('/payments/1')).status).toBe(502);
    await peer('payment').close();
    const refused = await send('/payments/1');
    await peer('payment').open();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  });
});

describe('two orchestrators', () => {
  const pay = (headers: Record<string, string> = {}) =>
    send('/saga/payment', { body: { amount: 1, user_id: 'u' }, headers: { [TIMEOUT_HEADER]: '1000', ...headers } });
  const status = () => send('/saga/status/1', { headers: { [TIMEOUT_HEADER]: '1000' } });
  const asked = () => ['orchestrator', 'orchestrator-2'].map((name) => peer(name).seen.length);
  const key = { [IDEMPOTENCY_KEY_HEADER]: 'k-1' };

  // Each test begins with the first one preferred: the gateway starts anew.
  beforeEach(() => gateway.restart());
  afterEach(async () => {
    await Promise.all(
      ['orchestrator', 'orchestrator-2'].map((name) =>
        peer(name)
          .close()
          .then(() => peer(name).open()),
      ),
    );
  });

  it('a request that reached nobody is brought to the other, which is asked first from then on', async () => {
    await peer('orchestrator').close();
    expect([await pay(), await pay()].map(({ status, body }) => [status, body])).toEqual([
      [200, { from: 'orchestrator-2' }],
      [200, { from: 'orchestrator-2' }],
    ]);
    await peer('orchestrator').open();
    await peer('orchestrator-2').close();
    expect((await pay()).body).toEqual({ from: 'orchestrator' });
  });

  it.each(['hang', 'hang-up'] as const)('one that meets %s is repeated when that is harmless', async (mode) => {
    peer('orchestrator').mode = mode;
    expect((await status()).body).toEqual({ from: 'orchestrator-2' });
    expect(asked()).toEqual([1, 1]);
    await gateway.restart();
    expect((await pay(key)).body).toEqual({ from: 'orchestrator-2' });
    expect(asked()).toEqual([2, 2]);
    expect(peer('orchestrator-2').seen.at(-1)?.headers[IDEMPOTENCY_KEY_HEADER]).toBe('k-1');
  });

  it.each([
    ['hang', 504],
    ['hang-up', 502],
  ] as const)('a payment without a key that meets %s is not repeated', async (mode, answer) => {
    peer('orchestrator').mode = mode;
    expect((await pay()).status).toBe(answer);
    expect(asked()).toEqual([1, 0]);
  });

  it('says so when both are away', async () => {
    await Promise.all([peer('orchestrator').close(), peer('orchestrator-2').close()]);
    expect((await pay(key)).status).toBe(503);
    await Promise.all([peer('orchestrator').open(), peer('orchestrator-2').open()]);
  });
});
