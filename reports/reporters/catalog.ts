import type { Reporter } from '../model/reporter.ts';
import { jsonReporter } from './json.ts';
import { junitReporter } from './junit.ts';
import { terminalReporter } from './terminal.ts';

/** Every reporter; each writes its file into the bundle of a run. */
export const REPORTERS: readonly Reporter[] = [terminalReporter, jsonReporter, junitReporter];
