import { endOfWait } from '../timing/end-of-wait.ts';

const MAX_LENGTH = 300;

/** One line of what an error says, for the history; an error may carry the end of a log, which the bundle has in full. */
export function reasonOf(thrown: unknown): string {
  const error = endOfWait(thrown);
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}…` : line;
}
