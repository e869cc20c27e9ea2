/** The port of the one server of an engine, or those of all members of a cluster. */
export type EntryPorts = number | readonly number[];

export const portList = (ports: EntryPorts): readonly number[] => (typeof ports === 'number' ? [ports] : ports);
