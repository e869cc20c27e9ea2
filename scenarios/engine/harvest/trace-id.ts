/** The trace id of a `traceparent` (`version-traceid-parentid-flags`, W3C Trace Context); empty without one. */
export const traceIdOf = (traceparent: string | undefined): string => traceparent?.split('-')[1] ?? '';
