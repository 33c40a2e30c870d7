export type { DataBlock, Gate, InputDeclaration, InputType, Json, Runbook, Step, StepKind } from './runbook.ts';
export type { Plan, PlanStep, PlannedInput, Role } from './plan.ts';
export type { Owner, Person, RunEvent, RunState, StepState, Verification } from './event.ts';
export type { Report, ReportStep, ReportWrite } from './report.ts';
