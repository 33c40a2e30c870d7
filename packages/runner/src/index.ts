export { execute, type Outcome } from './execute.ts';
export type { Clock, ExecuteOptions, People, Ports, Sessions, Standing, StepAnswer, StepPreview, Task, Tick } from './ports.ts';
export { JournalError, journalFormat, openJournal, readJournal, type Journal } from './journal.ts';
export { claimRun, currentOwner, isAlive, type Claim } from './owner.ts';
export { createRunFolder, documentOf, homeAt, homeOf, keepOutOfGit, listRuns, runFolder, type RunFolder, type StoredRun } from './run-folder.ts';
export { dropSignal, postSignal, readSignals } from './signal-box.ts';
export { createScriptSession, type ScriptSession } from './script-session.ts';
export { createShellSession, type ShellSession } from './shell-session.ts';
export { unsupportedSteps } from './unsupported.ts';
