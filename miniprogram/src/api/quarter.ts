// A village's quarters: what was recorded is decided, made public and sealed.

import { act, read } from './http'
import type { Shown } from './types'

export interface Season {
  quarter: string
  state: 'open' | 'assessing' | 'published' | 'sealed'
  edition?: number
  code?: string
  publish_by: string
  published_on?: string
  seal_on?: string
  late?: boolean
}

export interface Signature {
  name: string
  at: string
  valid: boolean
  mine: boolean
}

export interface Quarter extends Season {
  wall_until?: string
  counts: { pending: number; confirmed: number; returned: number; rejected: number }
  unsent: { phones: number; records: number; since?: string }
  need: number
  digest?: string
  blocked?: { state: string; text: string }[] | null
  overridden?: boolean
  withdrawal?: { asked_by: string; reason: string } | null
  // withdrawn is how its newest sheet came down, until another is up.
  withdrawn?: { by: string; at: string; reason: string } | null
  signatures?: Signature[] | null
  may: { assess?: boolean; sign?: boolean; publish?: boolean; ask_withdraw?: boolean; withdraw?: boolean; override?: boolean }
}

// Entry is one event of a quarter, as who decides it sees it.
export interface Entry {
  id: string
  household: { id: string; number: string; head: string }
  item: { code: string; title: string }
  points: string
  on: string
  recorded_at?: string
  place?: string
  note?: string
  recorder: string
  typist?: string
  record: string
  households_in_record: number
  photos?: Shown[] | null
  reused?: { words: string }[] | null
  late?: boolean
  state: string
  reason?: string
  line?: number
  may_decide: boolean
  why_not?: string
}

export interface Row {
  household?: string
  number?: string
  head: string
  score: string
  gained: string
  rank: number
  own?: boolean
  // contested is how many of its lines were sealed in dispute.
  contested?: number
}

export interface LateLine {
  household?: string
  head?: string
  item: string
  points: string
  on: string
}

export interface Erratum {
  household?: string
  head?: string
  line?: number
  item: string
  points: string
  reason: string
}

export interface Preview {
  digest: string
  rows: Row[] | null
  late?: LateLine[] | null
  errata?: Erratum[] | null
  told: number
  untold: number
  notice: string
}

export interface Sheet extends Omit<Season, 'late'> {
  village?: string
  wall_until?: string
  days_left: number
  objection_until?: string
  rows: Row[] | null
  late?: LateLine[] | null
  errata?: Erratum[] | null
  contested?: number
}

export interface Alarm {
  id: string
  kind: string
  title?: string
  text: string
  blocks: boolean
  lines?: { id: string; household: { number: string; head: string }; item: string; points: string; on: string; recorder: string }[] | null
  // homes stand behind one that is not about events.
  homes?: { id: string; number: string; head: string }[] | null
  state: 'open' | 'past' | 'closed'
  state_words?: string
  outcome?: string
  words?: string
  closed_by?: string
  may_close?: boolean
  may_suspend?: boolean
  why_not?: string
}

const at = (village: string, quarter: string) => `/villages/${encodeURIComponent(village)}/quarters/${quarter}`

export const quarters = (village: string) => read<{ quarters: Season[] | null }>(`/villages/${encodeURIComponent(village)}/quarters`)
export const quarter = (village: string, q: string) => read<Quarter>(at(village, q))
export const entries = (village: string, q: string, state: string, after: string) =>
  read<{ events: Entry[] | null; next?: string }>(`${at(village, q)}/events?state=${state}${after ? '&after=' + encodeURIComponent(after) : ''}`)
export const preview = (village: string, q: string) => read<Preview>(`${at(village, q)}/preview`)
export const sheet = (village: string, q: string) => read<Sheet>(`${at(village, q)}/sheet`)
export const alarms = (village: string, q: string) => read<{ alarms: Alarm[] | null; override?: { reason: string; at: string } | null }>(`${at(village, q)}/alarms`)

export const confirm = (event: string) => act(`/events/${event}/confirm`, {})
export const giveBack = (event: string, reason: string) => act(`/events/${event}/return`, { reason })
export const reject = (event: string, reason: string) => act(`/events/${event}/reject`, { reason })
export const confirmMany = (ids: string[]) => act('/events/confirm', { ids })

export const sign = (village: string, q: string, digest: string) => act(`${at(village, q)}/sign`, { digest })
// publishing is where a sheet that was signed is sent with its minutes: a form.
export const publishing = (village: string, q: string) => `${at(village, q)}/publish`
export const withdraw = (village: string, q: string, reason: string) => act(`${at(village, q)}/withdraw`, { reason })
export const override = (village: string, q: string, reason: string) => act(`${at(village, q)}/override`, { reason })
export const closeAlarm = (id: string, outcome: string, words: string) => act(`/alarms/${id}/close`, { outcome, words })

// current is the quarter that there is work in: the oldest that is not over yet,
// for the running one is assessed only once it has ended.
export function current(all: Season[]): string {
  const busy = all.filter((s) => s.state === 'assessing' || s.state === 'published')
  return (busy[busy.length - 1] ?? all[0])?.quarter ?? ''
}

// hung are those that hang or have hung on the wall, the last one first.
export const hung = (all: Season[]) => all.filter((s) => s.state === 'published' || s.state === 'sealed')

// toOverride tells whether the township must let a quarter through in writing: it
// can where everybody got the same; what else is in the way clears by itself.
export const toOverride = (q: Quarter) => !q.overridden && (q.blocked ?? []).some((b) => b.state === 'averaging')
