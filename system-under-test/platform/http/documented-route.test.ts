import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { endpoint } from '#sut/contract/endpoint.ts';
import { createApp } from './create-app.ts';
import { documentedRoute } from './documented-route.ts';

const THING = endpoint({
  method: 'PUT',
  path: '/things/:id',
  summary: 'Write a thing',
  params: z.object({ id: z.string().max(3) }),
  query: z.object({ times: z.coerce.number().int().min(1).default(1) }),
  body: z.object({ name: z.string().min(1) }),
  answers: { 201: z.object({ id: z.string(), name: z.string(), times: z.int(), at: z.iso.datetime() }) },
  errors: { 409: 'it is there' },
});

let app: FastifyInstance;
beforeEach(() => {
  app = createApp({ title: 'things', log: pino({ level: 'silent' }), newId: () => 'made' });
  documentedRoute(app, THING, async ({ params, query, body }) => [
    201,
    { id: params.id, name: body.name, times: query.times, at: new Date(0) },
  ]);
});
afterEach(() => app.close());

const put = (url: string, payload: unknown, contentType = 'application/json') =>
  app.inject({ method: 'PUT', url, headers: { 'content-type': contentType }, payload: JSON.stringify(payload) });

it('hands over what it has checked, and answers with the declared status', async () => {
  const answer = await put('/things/a?times=2', { name: 'x' });
  expect([answer.statusCode, answer.json()]).toEqual([
    201,
    { id: 'a', name: 'x', times: 2, at: '1970-01-01T00:00:00.000Z' },
  ]);
});

it.each([
  ['/things/long', { name: 'x' }, 'id'],
  ['/things/a?times=0', { name: 'x' }, 'times'],
  ['/things/a', { name: '' }, 'name'],
])('refuses %s %o before the handler runs', async (url, body, field) => {
  const answer = await put(url, body);
  expect([answer.statusCode, answer.json()]).toMatchObject([400, { details: [{ field }] }]);
});

it('reads JSON that curl -d declares to be a form, and no real form', async () => {
  const form = 'application/x-www-form-urlencoded';
  expect((await put('/things/a', { name: 'x' }, form)).statusCode).toBe(201);
  const headers = { 'content-type': form };
  expect((await app.inject({ method: 'PUT', url: '/things/a', headers, payload: 'name=x' })).statusCode).toBe(400);
});

it('tells an unknown path from a method that the path does not take', async () => {
  expect((await app.inject({ method: 'GET', url: '/nothing' })).statusCode).toBe(404);
  const answer = await app.inject({ method: 'DELETE', url: '/things/a?x=1' });
  expect([answer.statusCode, answer.headers.allow]).toEqual([405, 'PUT']);
  // It takes a body, and this one none.
  const unreadable = { method: 'QUERY', url: '/things/a' } as never;
  expect((await app.inject(unreadable)).statusCode).toBe(405);
});

it('answers a path that cannot be decoded, or is too long for its endpoint, like any other error', async () => {
  for (const url of ['/things/%zz', `/things/${'x'.repeat(5_000)}`]) {
    const answer = await put(url, { name: 'x' });
    expect([answer.statusCode, answer.json()]).toMatchObject([400, { error: expect.any(String) }]);
    expect(answer.json()).not.toHaveProperty('code');
  }
});

it('serves an OpenAPI document of what is registered', async () => {
  const document = (await app.inject({ method: 'GET', url: '/openapi.json' })).json();
  expect(document).toMatchObject({ openapi: '3.1.1', info: { title: 'things' } });
  expect(Object.keys(document.paths)).toEqual(['/openapi.json', '/things/{id}']);
  const operation = document.paths['/things/{id}'].put;
  expect(operation).toMatchObject({
    operationId: 'putThingsById',
    requestBody: { required: true, content: { 'application/json': { schema: { required: ['name'] } } } },
  });
  expect(operation.parameters).toContainEqual({
    ...{ name: 'times', in: 'query', required: false },
    schema: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER, default: 1 },
  });
  expect(Object.keys(operation.responses)).toEqual(['201', '400', '409', '413', '415', '500', '503', '504']);
});

it('does not start with a route that nobody has documented', () => {
  expect(() => app.get('/secret', () => 'x')).toThrow(/GET \/secret is not documented/);
});
