import { Config, run, settings } from '@oclif/core';
// The harness's own Kafka clients, all of which run in this process.
import '#sut/platform/kafka/rest-idle-connections.ts';
import { explainError } from './present/explain-error.ts';

/** Runs one command line and sets the exit code. Never throws; stack traces only with `--debug`. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    settings.enableAutoTranspile = false;
    const config = await Config.load(new URL('..', import.meta.url).pathname);
    await run(argv.length === 0 ? ['--help'] : [...argv], config);
  } catch (error) {
    const { text, exitCode } = explainError(error, argv.includes('--debug'));
    if (text !== '') process.stderr.write(`${text}\n`);
    process.exitCode = exitCode;
  }
}
