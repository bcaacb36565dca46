import { createRoute } from '@hono/zod-openapi';
import { PrintJobBody } from './order-schemas.ts';
import { body, json, needs, no } from './route-parts.ts';
import { TerminalStateBody, TerminalVisit } from './state-schemas.ts';

/** This terminal: locked, unlocked, visited, on paper. */
export const TERMINAL_ROUTES = {
  lockTerminal: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/terminal/lock',
    summary:
      "The caller's person locks this till: it takes and gives back no money, across restarts; what is open is finished",
    responses: { 200: json(TerminalStateBody, 'As it is now'), ...no },
  }),
  unlockTerminal: createRoute({
    ...needs('resolve'),
    method: 'post',
    path: '/v1/terminal/unlock',
    summary: 'A manager unlocks it',
    responses: { 200: json(TerminalStateBody, 'As it is now'), ...no },
  }),
  visitTerminal: createRoute({
    ...needs('diagnose'),
    method: 'post',
    path: '/v1/terminal/visits',
    summary: 'A technician at the till locks or unlocks it, or has checked its place on site',
    request: { body: body(TerminalVisit) },
    responses: { 200: json(TerminalStateBody, 'As it is now'), ...no },
  }),
  printTerminal: createRoute({
    ...needs('collect'),
    method: 'post',
    path: '/v1/terminal/print',
    summary: 'Print what the screen says of the terminal: state, reason, times, reference, phone and what to do',
    responses: { 202: json(PrintJobBody, 'The job is on disk and will be printed'), ...no },
  }),
} as const;
