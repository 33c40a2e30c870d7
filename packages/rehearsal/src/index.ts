// The rehearsal world from outside: start one, and everything else goes over HTTP.
export { SeedError, startWorld, type World, type WorldOptions } from './world.ts';
export { type LedgerEntry } from './core/ledger.ts';
export { type SeedOptions, type WorldConfig } from './services.ts';
export { faults, type Fault } from './fault.ts';
export { problemCodes, type ProblemCode } from './problem-code.ts';
