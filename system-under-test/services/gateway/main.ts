import { runHttpService } from '#sut/platform/service/run-http-service.ts';
import { gatewayRoutes } from './routes.ts';

await runHttpService({
  name: 'gateway',
  routes: (app, { settings }) => {
    gatewayRoutes(app, settings);
    return undefined;
  },
});
