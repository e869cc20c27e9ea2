/** For servers whose logs name no time zone: they are read by the harness. */
export const UTC_LOGS = { TZ: 'UTC' } as const;
