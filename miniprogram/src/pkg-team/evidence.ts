// What an item asks for, as slots to fill. An item demands several proofs; each
// may be given in one of several ways.

import type { Item, Shown } from '../api/types'
import type { Picture } from '../draft'

export interface Slot {
  options: string[]
  proof: string
  pictures: Picture[]
  shown: Shown[]
  words: string
}

const written = new Set(['link', 'hours', 'helped_confirms'])

// isWritten tells a proof that is written from one that is photographed.
export const isWritten = (proof: string) => written.has(proof)

// slotsOf gives the slots of an item. A visit is given by the scan at the
// door; blocked tells that it is asked for and was not.
export function slotsOf(item: Item, atDoor: boolean): { slots: Slot[]; blocked: boolean } {
  const slots: Slot[] = []
  let blocked = false
  for (const group of item.evidence ?? []) {
    if (group.includes('visit') && atDoor) continue
    const options = group.filter((p) => p !== 'visit')
    if (options.length) slots.push({ options, proof: options[0], pictures: [], shown: [], words: '' })
    else blocked = true
  }
  return { slots, blocked }
}

// lacking is how many pictures (or words) a slot still needs.
export function lacking(slot: Slot): number {
  if (isWritten(slot.proof)) return slot.words.trim() ? 0 : 1
  return Math.max(0, (slot.proof === 'before_after' ? 2 : 1) - slot.pictures.length - slot.shown.length)
}

// evidenceOf is the body's evidence.
export function evidenceOf(slots: Slot[]): Record<string, string>[] {
  const all: Record<string, string>[] = []
  for (const slot of slots) {
    const { proof } = slot
    if (!isWritten(proof)) all.push(...photosOf([slot]).map((photo) => ({ proof, photo })))
    else if (slot.words.trim()) all.push({ proof, words: slot.words.trim() })
  }
  return all
}

// photosOf names the pictures of slots: those on the server by their hash,
// those on the phone by where they are kept.
export function photosOf(slots: Slot[]): string[] {
  return slots.flatMap((s) => [...s.shown.map((p) => p.hash ?? ''), ...s.pictures.map((p) => 'kept:' + p.id)])
}

// fill puts a draft's evidence back into slots.
export function fill(slots: Slot[], evidence: Record<string, string>[], pictures: Picture[]): void {
  for (const one of evidence) {
    const slot = slots.find((s) => s.options.includes(one.proof) && (s.proof === one.proof || lacking(s) > 0))
    if (!slot) continue
    slot.proof = one.proof
    const picture = pictures.find((p) => 'kept:' + p.id === one.photo)
    if (picture) slot.pictures.push(picture)
    else if (one.words) slot.words = one.words
  }
}
