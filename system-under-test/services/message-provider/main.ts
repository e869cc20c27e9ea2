import { SETTING_DEFAULTS, SETTINGS } from '#sut/contract/settings.ts';
import { runHttpService } from '#sut/platform/service/run-http-service.ts';
import { MessageProvider } from './message-provider.ts';
import { messageProviderRoutes } from './routes.ts';

await runHttpService({
  name: 'message-provider',
  routes: async (app, { settings, log }) => {
    const provider = await MessageProvider.open({
      dataDir: settings.required(SETTINGS.dataDir),
      processingDelayMs: settings.integer(SETTINGS.processingDelayMs, SETTING_DEFAULTS.processingDelayMs),
      // What is in memory and what is on the disk may differ now: no answer may leave any more.
      onFailure: (error) => {
        log.fatal({ err: error }, 'ledger failed, the process ends');
        process.exit(1);
      },
    });
    messageProviderRoutes(app, provider);
    return provider;
  },
});
