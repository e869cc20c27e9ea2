import { z } from 'zod';
import { REQUEST_ID_HEADER, TIMEOUT_HEADER } from '#sut/contract/api.ts';
import type { Endpoint } from '#sut/contract/endpoint.ts';

type Json = Readonly<Record<string, unknown>>;
type Io = 'input' | 'output';

/** What every error answer looks like (`answerError`). */
const errorSchema = z.object({ error: z.string(), details: z.unknown().optional() });

const ERRORS_OF_EVERY_ROUTE: Readonly<Record<number, string>> = {
  400: 'invalid input; `details` names the fields',
  500: 'a defect, or an outcome that stayed unknown: repeat with the same Idempotency-Key',
  503: 'unavailable or overloaded, nothing was done; try again',
  504: 'the time that the caller gave has passed',
};
const ERRORS_WITH_A_BODY: Readonly<Record<number, string>> = {
  413: 'the body is too large',
  415: 'the body is not JSON',
};

/** Headers that belong to no operation: they say nothing about what is asked. */
const EVERY_REQUEST =
  `Every request may say in ${TIMEOUT_HEADER} how many milliseconds its caller will wait (504 once they are over), and ` +
  `name itself in ${REQUEST_ID_HEADER}, which the answer repeats. traceparent is continued (W3C Trace Context).`;

/** OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1) of the endpoints; JSON Schemas come from their zod schemas. */
export function openApiDocument(title: string, endpoints: readonly Endpoint[]): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const endpoint of endpoints) {
    const path = endpoint.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operationOf(endpoint) };
  }
  return {
    openapi: '3.1.1',
    info: { title, version: '1.0.0', description: EVERY_REQUEST },
    paths,
    components: { schemas: { Error: jsonSchemaOf(errorSchema, 'output') } },
  };
}

function operationOf(endpoint: Endpoint): Json {
  const { method, path, summary, params, query, headers, body } = endpoint;
  return {
    operationId: operationIdOf(method, path),
    summary,
    parameters: [...parametersOf('path', params), ...parametersOf('query', query), ...parametersOf('header', headers)],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: !body.safeParse({}).success,
            content: { 'application/json': { schema: jsonSchemaOf(body, 'input') } },
          },
        }),
    responses: responsesOf(endpoint),
  };
}

/** `GET /orders/:id` is `getOrdersById`. */
function operationIdOf(method: string, path: string): string {
  const words = path.split('/').filter(Boolean);
  const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
  const camel = (text: string): string =>
    text
      .split(/[^A-Za-z0-9]+/)
      .map(capital)
      .join('');
  return method.toLowerCase() + words.map((w) => (w.startsWith(':') ? `By${camel(w.slice(1))}` : camel(w))).join('');
}

function parametersOf(place: 'path' | 'query' | 'header', schema: z.ZodType | undefined): readonly Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = objectJsonSchema.parse(jsonSchemaOf(schema, 'input'));
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: property,
  }));
}

const objectJsonSchema = z.object({
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
});

function responsesOf({ method, answers, errors = {} }: Endpoint): Json {
  const responses: Record<string, unknown> = {};
  for (const [status, schema] of Object.entries(answers)) {
    responses[status] = { description: 'success', content: contentOf(jsonSchemaOf(schema, 'output')) };
  }
  const possible = { ...ERRORS_OF_EVERY_ROUTE, ...(method === 'GET' ? {} : ERRORS_WITH_A_BODY), ...errors };
  for (const [status, description] of Object.entries(possible)) {
    responses[status] ??= { description, content: contentOf({ $ref: '#/components/schemas/Error' }) };
  }
  return responses;
}

const contentOf = (schema: Json): Json => ({ 'application/json': { schema } });

function jsonSchemaOf(schema: z.ZodType, io: Io): Json {
  const { $schema: _, ...jsonSchema } = z.toJSONSchema(schema, { target: 'draft-2020-12', io });
  return jsonSchema;
}
