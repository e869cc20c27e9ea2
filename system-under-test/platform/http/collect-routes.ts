import type { FastifyInstance } from 'fastify';
import type { Endpoint } from '#sut/contract/endpoint.ts';

/**
 * The endpoints that are registered from now on, growing as they are. A route that was registered without one throws:
 * `/openapi.json` would be silent about it.
 */
export function collectRoutes(app: FastifyInstance): readonly Endpoint[] {
  const endpoints: Endpoint[] = [];
  app.addHook('onRoute', ({ method, url, config }) => {
    // Fastify adds it to every GET.
    if (method === 'HEAD') return;
    if (config?.endpoint === undefined) {
      throw new Error(
        `${String(method)} ${url} is not documented: declare an Endpoint and register it with documentedRoute`,
      );
    }
    endpoints.push(config.endpoint);
  });
  return endpoints;
}

/** Methods that the path has a route for; none: the path is unknown. */
export function methodsOf(endpoints: readonly Endpoint[], requestUrl: string): readonly string[] {
  const segments = (requestUrl.split('?', 1)[0] ?? '').split('/');
  const matches = ({ path }: Endpoint): boolean => {
    const pattern = path.split('/');
    return (
      pattern.length === segments.length && pattern.every((part, i) => part.startsWith(':') || part === segments[i])
    );
  };
  const methods = endpoints.filter(matches).map(({ method }) => method);
  return methods.includes('GET') ? [...methods, 'HEAD'] : methods;
}
