import type { RedirectSettings } from './redirect-map.ts';

/** Names of the environment variables that `register.ts` reads. */
export const REDIRECT_VARIABLES = { links: 'CHAOS_LINKS', bypassLog: 'CHAOS_BYPASS_LOG' } as const;

/** What to add to a Node process so that its connections go through its links' proxies. */
export interface RedirectedProcess {
  /** For node's command line, before the script. */
  readonly execArgv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** `bypassLog` is the absolute path of a file in an existing folder; several processes may share it. */
export function redirectEnvironment(settings: RedirectSettings & { readonly bypassLog: string }): RedirectedProcess {
  const { bypassLog, ...links } = settings;
  return {
    execArgv: ['--import', new URL('register.ts', import.meta.url).href],
    env: { [REDIRECT_VARIABLES.links]: JSON.stringify(links), [REDIRECT_VARIABLES.bypassLog]: bypassLog },
  };
}
