import { asUnavailable } from './as-unavailable.ts';
import type { ComponentSource } from './component-source.ts';
import { ComponentUnavailable } from './component-unavailable.ts';
import { installIntoCache } from './install-into-cache.ts';
import type { InstallProgress } from './install-progress.ts';
import type { InstallTools } from './install-tools.ts';
import type { InstallableName } from './installable-name.ts';
import type { InstallationOf } from './installation.ts';
import { locate } from './locate.ts';
import type { Surroundings } from './surroundings.ts';
import { openToolbox } from './toolbox.ts';

/** Finds one server, installs it into the cache when it is missing, and makes what is made once per machine. */
export async function ensure<N extends InstallableName>(
  source: ComponentSource<N>,
  options: {
    readonly surroundings: Surroundings;
    readonly signal: AbortSignal;
    readonly onProgress: (progress: InstallProgress) => void;
  },
): Promise<InstallationOf<N>> {
  const { surroundings, signal } = options;
  signal.throwIfAborted();
  const located = await locate(source, surroundings);
  if (located.found && source.optimise === undefined) return located.installation;
  const toolbox = openToolbox(source, options);
  try {
    const installation = located.found ? located.installation : await install(source, surroundings, toolbox.tools);
    await source.optimise?.(installation, toolbox.tools);
    return installation;
  } catch (error) {
    signal.throwIfAborted();
    throw asUnavailable(error, source, toolbox.tools.logFile);
  } finally {
    toolbox.close();
  }
}

async function install<N extends InstallableName>(
  source: ComponentSource<N>,
  surroundings: Surroundings,
  tools: InstallTools,
): Promise<InstallationOf<N>> {
  await installIntoCache(source, tools);
  const located = await locate(source, surroundings);
  if (located.found) return located.installation;
  throw new ComponentUnavailable({
    component: source.name,
    what: `the installed copy cannot be used: ${located.reasons.join('; ')}`,
    where: surroundings.cacheRoot,
    todo: `See ${tools.logFile}, or: ${source.howToGetIt}.`,
  });
}
