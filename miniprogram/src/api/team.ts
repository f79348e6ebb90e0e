import { act, read, seen, type Read } from './http'
import type { CardAnswer, Catalogue, Declaration, Household, Phone, Recorded, Returned, SetAside, Unseen, Visits, Waiting, Warning } from './types'
import { words } from '../words'

const at = (village: string) => `/villages/${encodeURIComponent(village)}`

// cardOf asks which household a card belongs to; the answer is kept, so that a
// card scanned before is known without a signal.
export const cardOf = (card: string) => read<CardAnswer>(`/cards/${encodeURIComponent(card)}`)

// cardTrouble is why a card leads to no household; '' where it does, or where
// there was no signal to ask.
export function cardTrouble(answer: Read<CardAnswer>): string {
  if (answer.data || !answer.code || answer.code === 'silent') return ''
  return answer.code === 'not_found' ? words.card.strange : answer.message ?? ''
}

export const catalogue = (village: string) => read<Catalogue>(`${at(village)}/catalogue`)
export const catalogueSeen = (village: string) => seen<Catalogue>(`${at(village)}/catalogue`)
export const households = (village: string) => read<{ households: Household[] | null }>(`${at(village)}/households`)
export const colleagues = (village: string) => read<{ people: { id: string; name: string; role: string }[] | null }>(`${at(village)}/team`)
export const visits = (village: string, month: string) => read<Visits>(`${at(village)}/visits?month=${month}`)
export const visitsSeen = (village: string, month: string) => seen<Visits>(`${at(village)}/visits?month=${month}`)
export const records = (village: string, page: number) =>
  read<{ records: Recorded[] | null; more: boolean }>(`/records?village=${encodeURIComponent(village)}&page=${page}`)

// returned are the events of mine that came back, of the newest records.
export async function returned(village: string): Promise<Read<Returned[]>> {
  const answer = await records(village, 1)
  const all = answer.data?.records?.flatMap((record) => (record.events ?? []).filter((e) => e.state === 'returned').map((event) => ({ record, event })))
  return { ...answer, data: answer.data ? all ?? [] : undefined }
}

export const record = (id: string) => read<Recorded>(`/records/${encodeURIComponent(id)}`)
export const waiting = () => read<Waiting>('/waiting')
export const asides = (village: string) => read<{ asides: SetAside[] | null }>(`${at(village)}/asides`)
export const declarations = (village: string) => read<{ declarations: Declaration[] | null }>(`${at(village)}/declarations`)
export const warnings = (village: string) => read<{ warnings: Warning[] | null }>(`${at(village)}/warnings`)
export const phones = (village: string) => read<{ phones: Phone[] | null }>(`${at(village)}/phones`)

export const unseen = (village: string) => read<{ photos: Unseen[] | null }>(`${at(village)}/photos`)

export const judge = (hash: string, pass: boolean, reason: string) => act(`/photos/${hash}/judge`, { pass, reason })
export const withdraw = (event: string, reason: string) => act(`/events/${event}/withdraw`, { reason })
export const takeAside = (id: string) => act(`/asides/${id}/take`, {})
export const dropAside = (id: string, reason: string) => act(`/asides/${id}/drop`, { reason })
export const decline = (id: string, reason: string) => act(`/declarations/${id}/decline`, { reason })
export const closeWarning = (id: string, mended: boolean, note: string) => act(`/warnings/${id}/close`, { mended, note })
