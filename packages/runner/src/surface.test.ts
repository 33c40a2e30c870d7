import { expect, test } from 'vitest';

test('the package exports these names and no others', async () => {
  expect(Object.keys(await import('./index.ts')).sort()).toEqual([
    'HandOverError',
    'JournalError',
    'claimRun',
    'createRunFolder',
    'createScriptSession',
    'createShellSession',
    'currentOwner',
    'documentOf',
    'dropSignal',
    'execute',
    'exportLines',
    'homeAt',
    'homeOf',
    'importLines',
    'isAlive',
    'isHandedOver',
    'journalFormat',
    'keepOutOfGit',
    'listRuns',
    'logName',
    'openJournal',
    'postSignal',
    'readJournal',
    'readSignals',
    'runFolder',
    'unsupportedSteps',
  ]);
});
