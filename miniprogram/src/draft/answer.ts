// Home is the household that an act was about, as the answer names it.
export interface Home {
  id: string
  number: string
  head: string
}

// Answer is what came back from the server, or 'silent' where nothing did.
export type Answer =
  | { kind: 'ok'; data: Record<string, any> }
  | { kind: 'refused'; status: number; code: string; message: string; waitSeconds?: number; household?: Home }
  | { kind: 'silent' }

// passing are statuses after which the same request is sent again: it timed
// out, the session has ended, too much at once. A 5xx passes too, and that the
// session is not that of whoever made the draft.
const passing = new Set([401, 408, 425, 429])

// final tells whether the server has decided, so that sending the same again
// would only bring the same answer.
export function final(a: Answer): boolean {
  if (a.kind === 'silent') return false
  return a.kind === 'ok' || (a.status < 500 && !passing.has(a.status) && a.code !== 'other_person')
}
