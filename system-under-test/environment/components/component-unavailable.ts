import type { InstallableName } from './installable-name.ts';

/**
 * A server cannot be had on this machine. `what` went wrong, `where` (file, folder or command), `todo`: what the
 * user can do about it. The message is complete; a stack adds nothing for a user.
 */
export class ComponentUnavailable extends Error {
  override readonly name = 'ComponentUnavailable';
  readonly component: InstallableName;
  readonly what: string;
  readonly where: string;
  readonly todo: string;

  constructor(details: {
    readonly component: InstallableName;
    readonly what: string;
    readonly where: string;
    readonly todo: string;
    readonly cause?: unknown;
  }) {
    super(`${details.component}: ${details.what} (${details.where}). ${details.todo}`, { cause: details.cause });
    this.component = details.component;
    this.what = details.what;
    this.where = details.where;
    this.todo = details.todo;
  }
}
