import { act, read, seen } from './http'
import type { Declaration, Line, Points, Rank, Warning } from './types'

const of = (household: string) => `/households/${encodeURIComponent(household)}`

export const points = (household: string) => read<Points>(`${of(household)}/points`)
export const pointsSeen = (household: string) => seen<Points>(`${of(household)}/points`)

// lines pages by next, which the answer before gave; '' is the first page. Year 0
// is this year, as the server knows it.
export function lines(household: string, before: string, year = 0) {
  const query = [before && 'before=' + encodeURIComponent(before), year && 'year=' + year].filter(Boolean).join('&')
  return read<{ year?: number; lines: Line[] | null; more: boolean; next?: string }>(`${of(household)}/lines${query && '?' + query}`)
}
export const rank = (household: string) => read<Rank>(`${of(household)}/rank`)
export const declared = (household: string) => read<{ declarations: Declaration[] | null }>(`${of(household)}/declarations`)
export const warned = (household: string) => read<{ warnings: Warning[] | null }>(`${of(household)}/warnings`)

// Door is the browser that asks to be let into the console.
export interface Door {
  browser: string
  place?: string
  asked_at: string
}

export const door = (code: string) => read<Door>(`/console/${encodeURIComponent(code)}`)
export const openDoor = (code: string) => act(`/console/${encodeURIComponent(code)}/confirm`, {})
export const linkPhone = (code: string) => act('/link/phone', { code })
export const linkCard = (card: string, digits: string) => act('/link/card', { card, digits })
