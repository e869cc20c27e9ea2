import type { Installations } from '../components/ensure-all.ts';
import type { InstallationOf } from '../components/installation.ts';
import type { ServerName } from '../components/server-name.ts';

/** The installation of a program among those that were acquired; throws when it was not asked for. */
export function installationOf<N extends ServerName>(
  installations: Partial<Installations<ServerName>>,
  name: N,
): InstallationOf<N> {
  const installation = installations[name];
  if (installation === undefined) throw new Error(`${name} was not acquired`);
  return installation as InstallationOf<N>;
}
