// What one page hands to the next beside its address.

import type { Household, Line, Shown } from './api/types'

// Target is a household to record for: by the card that was scanned at its
// door, or chosen from the list.
export interface Target {
  card?: string
  household?: string
  head: string
}

export interface Handover {
  targets: Target[]
  // path is where the act goes: /records, or /events/ID/correct, or
  // /declarations/ID/take.
  path: string
  about: string
  said?: string
  photos?: Shown[]
  item?: string
  on?: string
  place?: string
  note?: string
}

let next: Handover | undefined

export function handOver(one: Handover): void {
  next = one
}

// taken gives what was handed over, once.
export function taken(): Handover | undefined {
  const one = next
  next = undefined
  return one
}

export function targetOf(h: Household): Target {
  return { household: h.id, head: h.head }
}

let nextLine: Line | undefined

// handLine hands a line of an account to the page that objects to it.
export function handLine(one: Line): void {
  nextLine = one
}

export function takenLine(): Line | undefined {
  const one = nextLine
  nextLine = undefined
  return one
}
