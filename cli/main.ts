import { Config, run, settings } from '@oclif/core';
import { explainError } from './present/explain-error.ts';

/** Runs one command line and sets the exit code. Never throws; stack traces only with `--debug`. */
export async function main(argv: readonly string[]): Promise<void> {
  keepQuietAboutKafkajs();
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

/** kafkajs computes a negative delay once, which Node 24 reports on stderr; it means nothing to a user. */
function keepQuietAboutKafkajs(): void {
  const [report] = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name !== 'TimeoutNegativeWarning') report?.(warning);
  });
}
