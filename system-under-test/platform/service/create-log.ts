import { type Logger, pino } from 'pino';
import { activeLogFields } from '../tracing/log-fields.ts';

/** JSON lines on stdout; every line has the service and, where they are known, trace, saga and order id. */
export function createLog(options: {
  readonly service: string;
  readonly instance: string;
  readonly level: string;
}): Logger {
  return pino({
    level: options.level,
    base: { service: options.service, instance: options.instance, pid: process.pid },
    mixin: activeLogFields,
    timestamp: pino.stdTimeFunctions.isoTime,
  });
}
