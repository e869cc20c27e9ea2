import { z } from 'zod';

const schemaSchema = z.looseObject({});
const contentSchema = z.strictObject({ 'application/json': z.strictObject({ schema: schemaSchema }) });
const parameterSchema = z.strictObject({
  name: z.string().min(1),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean(),
  schema: schemaSchema,
});
const operationSchema = z.strictObject({
  operationId: z.string().regex(/^[A-Za-z][A-Za-z0-9]*$/),
  summary: z.string().min(1),
  parameters: z.array(parameterSchema),
  requestBody: z.strictObject({ required: z.boolean(), content: contentSchema }).optional(),
  responses: z.record(
    z.string().regex(/^[1-5]\d\d$/),
    z.strictObject({ description: z.string().min(1), content: contentSchema }),
  ),
});
/** The part of OpenAPI 3.1 that our documents use; strict, so that a misspelt keyword is not taken for an extension. */
const documentSchema = z.strictObject({
  openapi: z.string().regex(/^3\.1\.\d+$/),
  info: z.strictObject({ title: z.string().min(1), version: z.string().min(1), description: z.string().optional() }),
  paths: z.record(z.string().startsWith('/'), z.partialRecord(z.enum(['get', 'put', 'post']), operationSchema)),
  components: z.strictObject({ schemas: z.record(z.string(), schemaSchema) }),
});

/** What an OpenAPI document says, after it was checked. */
export interface CheckedDocument {
  /** `GET /orders/{id}`. */
  readonly operations: readonly string[];
  /** What is wrong beyond its shape; empty when all is well. */
  readonly faults: readonly string[];
}

/** Checks shape, references, path parameters and uniqueness. Throws a ZodError when the shape is not OpenAPI 3.1. */
export function checkOpenApi(value: unknown): CheckedDocument {
  const { paths, components } = documentSchema.parse(value);
  const faults: string[] = [];
  const operations: string[] = [];
  const ids = new Set<string>();
  for (const [path, methods] of Object.entries(paths)) {
    const placeholders = [...path.matchAll(/\{([^}]*)\}/g)].map(([, name]) => name);
    for (const [method, operation] of Object.entries(methods)) {
      const name = `${method.toUpperCase()} ${path}`;
      operations.push(name);
      if (ids.has(operation.operationId)) faults.push(`${name}: operationId ${operation.operationId} is used twice`);
      ids.add(operation.operationId);
      const described = operation.parameters.filter((parameter) => parameter.in === 'path');
      if (described.map((parameter) => parameter.name).join() !== placeholders.join())
        faults.push(`${name}: describes path parameters ${described.map((each) => each.name).join() || 'none'}`);
      if (described.some(({ required }) => !required)) faults.push(`${name}: a path parameter is not required`);
      const places = operation.parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
      if (new Set(places).size !== places.length) faults.push(`${name}: a parameter is described twice`);
      if (!Object.keys(operation.responses).some((status) => status.startsWith('2')))
        faults.push(`${name}: no success`);
    }
  }
  for (const reference of JSON.stringify(value).matchAll(/"\$ref":"([^"]*)"/g)) {
    const name = /^#\/components\/schemas\/(\w+)$/.exec(reference[1] ?? '')?.[1];
    if (name === undefined || !(name in components.schemas)) faults.push(`${reference[1]} leads nowhere`);
  }
  return { operations, faults };
}
