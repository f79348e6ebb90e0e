// A draft is one act that waits on the phone until the server has acknowledged
// it. Nothing in this folder knows a phone, a clock or a network: they come in
// from outside, so that the tests can cut at every step.

import type { Home } from './answer'

// State is what the list shows: 未发, 发送中, 已收到, 要处理.
export type State = 'unsent' | 'sending' | 'received' | 'attention'

// Kind decides which page opens the draft again.
export type Kind = 'record' | 'visit' | 'warning' | 'declaration' | 'mend'

// Picture is a photo that was saved out of the temporary folder. It is sent
// under its own id; hash is the server's answer.
export interface Picture {
  id: string
  kept: string
  takenAt: string
  hash?: string
}

// Trouble is a refusal: a code for the cure, the server's own sentence, and
// which household it is about where the draft itself does not know.
export interface Trouble {
  code: string
  message: string
  household?: Home
}

// Draft is kept whole at each step. body names pictures as "kept:ID"; wire is
// the body as it is sent, made once before the first attempt at the act itself
// and never again. by is the owner, in whose session alone it goes. begun marks the first attempt of all: from then on the body
// cannot be edited.
export interface Draft {
  id: string
  by: string
  byName?: string
  kind: Kind
  path: string
  body: Record<string, unknown>
  pictures: Picture[]
  title: string
  about: string
  madeAt: string
  state: State
  begun: boolean
  wire?: string
  tries: number
  notBefore: number
  trouble?: Trouble
  receivedAt?: string
  answer?: Record<string, unknown>
}

// named replaces each "kept:ID" in a body by the hash that the server answered.
export function named(body: unknown, hashes: Map<string, string>): unknown {
  if (typeof body === 'string') {
    return body.startsWith('kept:') ? hashes.get(body.slice(5)) ?? body : body
  }
  if (Array.isArray(body)) return body.map((one) => named(one, hashes))
  if (body !== null && typeof body === 'object') {
    return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, named(value, hashes)]))
  }
  return body
}
