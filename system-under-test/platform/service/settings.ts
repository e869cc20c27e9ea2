import { SETTINGS } from '#sut/contract/settings.ts';

/** A service's settings, read once from the environment (`contract/settings.ts` names the variables). */
export interface Settings {
  readonly name: string;
  /** This replica; the service's name when there is only one. */
  readonly instance: string;
  readonly port: number;
  readonly logLevel: string;
  readonly otlpEndpoint: string | undefined;
  /** Value of a variable; throws an error naming it when it is missing. */
  required(variable: string): string;
  optional(variable: string): string | undefined;
  /** Whole number >= 0; throws an error naming the variable when it is something else. */
  integer(variable: string, fallback: number): number;
}

/** Reads the common settings; `name` and `defaultPort` are the declaration's own. Throws on the first invalid one. */
export function readSettings(
  env: Readonly<Record<string, string | undefined>>,
  declared: { readonly name: string; readonly defaultPort: number },
): Settings {
  const optional = (variable: string): string | undefined => env[variable] || undefined;
  const integer = (variable: string, fallback: number): number => {
    const text = optional(variable);
    if (text === undefined) return fallback;
    if (!/^\d{1,15}$/.test(text)) throw new Error(`${variable} must be a whole number, got "${text}"`);
    return Number(text);
  };
  const required = (variable: string): string => {
    const value = optional(variable);
    if (value === undefined) throw new Error(`${variable} is not set; the ${declared.name} service needs it`);
    return value;
  };
  const name = optional(SETTINGS.name) ?? declared.name;
  return {
    name,
    instance: optional(SETTINGS.instance) ?? name,
    port: integer(SETTINGS.port, declared.defaultPort),
    logLevel: optional(SETTINGS.logLevel) ?? 'info',
    otlpEndpoint: optional(SETTINGS.otlpEndpoint),
    required,
    optional,
    integer,
  };
}
