import { CorruptHistory } from './corrupt-history.ts';
import { type Event, PHASES } from './event.ts';

type Fields = Readonly<Record<string, unknown>>;

const FAULT_PHASES: ReadonlySet<unknown> = new Set(['inject', 'effective', 'heal', 'healed']);
const PHASE_NAMES: ReadonlySet<unknown> = new Set(PHASES);
const PHASE_STATES: ReadonlySet<unknown> = new Set(['begin', 'end', 'failed']);

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isIndex = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0;
const isShare = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= 1;
const isOptional = (value: unknown, is: (value: unknown) => boolean): boolean => value === undefined || is(value);
const isEvidence = (value: unknown): boolean =>
  isObject(value) && isText(value.kind) && isText(value.detail) && isOptional(value.values, isObject);

/** Name of the first field that is missing or has the wrong shape, `undefined` when the event is well formed. */
function wrongField(event: Fields): string | undefined {
  if (typeof event.timeMs !== 'number' || !(event.timeMs >= 0)) return 'timeMs';
  switch (event.type) {
    case 'invoke':
      return wrongOperation(event) ?? (isObject(event.input) ? undefined : 'input');
    case 'ok':
    case 'fail':
    case 'info':
      return wrongOperation(event) ?? wrongCompletion(event);
    case 'fault':
      return wrongFault(event);
    case 'phase':
      if (!PHASE_NAMES.has(event.phase)) return 'phase';
      if (!PHASE_STATES.has(event.state)) return 'state';
      if (!isOptional(event.detail, isText)) return 'detail';
      return isOptional(event.busy, isShare) ? undefined : 'busy';
    case 'observation':
      if (!isText(event.kind)) return 'kind';
      return isObject(event.values) ? undefined : 'values';
    default:
      return 'type';
  }
}

function wrongOperation(event: Fields): string | undefined {
  if (!isIndex(event.process)) return 'process';
  return isText(event.op) ? undefined : 'op';
}

function wrongCompletion(event: Fields): string | undefined {
  if (!isIndex(event.invocation)) return 'invocation';
  if (!isOptional(event.output, isObject)) return 'output';
  return isOptional(event.error, isText) ? undefined : 'error';
}

function wrongFault(event: Fields): string | undefined {
  if (!FAULT_PHASES.has(event.phase)) return 'phase';
  if (!isText(event.fault)) return 'fault';
  if (!isText(event.kind)) return 'kind';
  const targets: unknown = event.targets;
  if (!Array.isArray(targets) || !targets.every(isText)) return 'targets';
  if (!isOptional(event.evidence, isEvidence)) return 'evidence';
  return isOptional(event.error, isText) ? undefined : 'error';
}

function isEvent(value: Fields): value is Fields & Event {
  return wrongField(value) === undefined;
}

/**
 * Reads one line of a history. The shape is checked by hand: a schema library costs several times the parse
 * itself on millions of lines. Throws `CorruptHistory` when the text is no event or does not stand at `index`.
 */
export function parseEvent(text: string, index: number): Event {
  const line = index + 1;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CorruptHistory(line, `not JSON: ${excerpt(text)}`);
  }
  if (!isObject(value)) throw new CorruptHistory(line, `not an event: ${excerpt(text)}`);
  if (value.index !== index) {
    throw new CorruptHistory(line, `its index is ${JSON.stringify(value.index)} and should be ${index}`);
  }
  if (!isEvent(value)) throw new CorruptHistory(line, `field "${wrongField(value)}" is missing or malformed`);
  return value;
}

const excerpt = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
