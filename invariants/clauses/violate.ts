/** Writes a violation of the entity that is being looked at; `hop` is the first place where reality and claim part. */
export type Violate = (message: string, hop: string) => void;
