import { type Context, context, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import { HEADERS } from '#sut/contract/messages.ts';

/** `traceparent` of the active span (https://www.w3.org/TR/trace-context/), to be carried in headers and rows. */
export function currentTraceparent(): string | undefined {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier[HEADERS.traceparent];
}

/** The context that a `traceparent` names; an empty one when it is absent or malformed. */
export function contextOf(traceparent: string | undefined): Context {
  return propagation.extract(ROOT_CONTEXT, traceparent === undefined ? {} : { [HEADERS.traceparent]: traceparent });
}
