import { SERVER_NAMES } from './server-name.ts';

/** Everything of other people that `ensureAll` finds or fetches: the servers, and what is loaded into our own processes. */
export const INSTALLABLE_NAMES = [...SERVER_NAMES, 'libfaketime'] as const;
export type InstallableName = (typeof INSTALLABLE_NAMES)[number];
