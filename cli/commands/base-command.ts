import { resolve } from 'node:path';
import { Command, Flags } from '@oclif/core';

/** Where runs, locks and the shared environment are kept, unless `CHAOS_STATE_DIR` says otherwise. */
const DEFAULT_STATE_DIR = '.chaos';

/** What every command has: `--json` (the result on stdout, nothing else there) and `--debug` (stack traces). */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true;
  static override baseFlags = {
    debug: Flags.boolean({ summary: 'show stack traces', helpGroup: 'GLOBAL' }),
  };

  protected readonly stateDir = resolve(process.env.CHAOS_STATE_DIR ?? DEFAULT_STATE_DIR);

  /** Progress goes to stderr with `--json` too, which oclif would leave out: only stdout is the result's alone. */
  override logToStderr(message = ''): void {
    process.stderr.write(`${message}\n`);
  }

  /** Errors are explained in one place, `present/explain-error.ts`. */
  protected override async catch(error: Error): Promise<never> {
    throw error;
  }
}
