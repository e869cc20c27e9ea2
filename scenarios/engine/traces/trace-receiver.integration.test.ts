import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ClientSpans } from './client-spans.ts';
import { SpanFile } from './span-file.ts';
import { readTraces, type TraceSpan } from './testing/read-traces.ts';
import { TraceReceiver } from './trace-receiver.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
let dir: string;
let path: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'traces-'));
  path = join(dir, 'traces.ndjson');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const exported = {
  resourceSpans: [
    {
      resource: {
        attributes: [
          { key: 'service.name', value: { stringValue: 'order' } },
          { key: 'service.instance.id', value: { stringValue: 'order-1' } },
        ],
      },
      scopeSpans: [
        {
          scope: { name: 'platform' },
          spans: [
            {
              ...{ traceId: TRACE, spanId: '00f067aa0ba902b7', parentSpanId: 'aaf067aa0ba902b7', name: 'POST /orders' },
              ...{ startTimeUnixNano: '1544712660000500000', endTimeUnixNano: '1544712660250000000', kind: 2 },
              attributes: [
                { key: 'user.id', value: { stringValue: 'u' } },
                { key: 'http.response.status_code', value: { intValue: 201 } },
              ],
              status: { code: 0 },
            },
          ],
        },
      ],
    },
  ],
};

async function spansIn(file: string): Promise<readonly TraceSpan[]> {
  const spans: TraceSpan[] = [];
  for await (const span of readTraces(file)) spans.push(span);
  return spans;
}

const post = (port: number, body: string, headers: Record<string, string> = {}, path = '/v1/traces') =>
  fetch(`http://127.0.0.1:${port}${path}`, {
    ...{ method: 'POST', body, signal: AbortSignal.timeout(5_000) },
    headers: { 'content-type': 'application/json', ...headers },
  }).then(({ status }) => status);

it('keeps what exporters send and what clients did, in one file', async () => {
  {
    await using file = new SpanFile(path);
    using clients = new ClientSpans(file);
    await using receiver = await TraceReceiver.listen(0, file);
    expect(await post(receiver.port, JSON.stringify(exported))).toBe(200);
    expect(await post(receiver.port, JSON.stringify(exported, undefined, 2))).toBe(200);
    clients.record({
      ...{ traceId: TRACE, spanId: 'aaf067aa0ba902b7', name: 'place-order', startMs: 1.5, endMs: 2, isError: true },
      attributes: { 'user.id': 'u', 'chaos.invocation': 3 },
    });
  }
  const order = {
    ...{ traceId: TRACE, spanId: '00f067aa0ba902b7', parentSpanId: 'aaf067aa0ba902b7', name: 'POST /orders' },
    ...{
      service: 'order',
      instance: 'order-1',
      startMs: 1_544_712_660_000.5,
      endMs: 1_544_712_660_250,
      isError: false,
    },
    attributes: { 'user.id': 'u', 'http.response.status_code': 201 },
  };
  expect(await spansIn(path)).toEqual([
    order,
    order,
    {
      ...{ traceId: TRACE, spanId: 'aaf067aa0ba902b7', parentSpanId: '', name: 'place-order', service: 'client' },
      ...{ instance: 'client', startMs: 1.5, endMs: 2, isError: true },
      attributes: { 'user.id': 'u', 'chaos.invocation': 3 },
    },
  ]);
});

it('refuses what is not a request for it, and keeps nothing of it', async () => {
  {
    await using file = new SpanFile(path);
    await using receiver = await TraceReceiver.listen(0, file);
    const { port } = receiver;
    expect(await post(port, 'no json')).toBe(400);
    expect(await post(port, '{"half":')).toBe(400);
    expect(await post(port, JSON.stringify(exported), {}, '/v1/logs')).toBe(404);
    expect(await post(port, 'x', { 'content-type': 'application/x-protobuf' })).toBe(415);
    expect(await post(port, `{${' '.repeat(9 * 1024 * 1024)}}`).catch(() => 'cut off')).toSatisfy(
      (answer: unknown) => answer === 413 || answer === 'cut off',
    );
    expect(file.counts).toEqual({ lines: 0, bytes: 0, dropped: 0 });
    expect(await post(port, JSON.stringify(exported))).toBe(200);
  }
  expect((await readFile(path, 'utf8')).trimEnd()).toBe(JSON.stringify(exported));
});

it('rejects when its port is in use', async () => {
  await using file = new SpanFile(path);
  await using first = await TraceReceiver.listen(0, file);
  await expect(TraceReceiver.listen(first.port, file)).rejects.toThrow('EADDRINUSE');
});

it('takes nothing once its file is closed', async () => {
  const file = new SpanFile(path);
  await file[Symbol.asyncDispose]();
  expect(file.append(Buffer.from('{}'))).toBe(false);
});
