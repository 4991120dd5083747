/**
 * One step forward of the database. Plain SQL, numbered in tens so that a late fix fits between two; never edited after
 * release (a test keeps its checksum).
 */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}
