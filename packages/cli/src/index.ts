// The command runbook.
export {};
