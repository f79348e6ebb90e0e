// What the township looks at.

import { read } from './http'

export interface Summary {
  month: string
  sections: { title: string; lines: { text: string; village?: string }[] | null }[] | null
  text?: string
}

// summary of a month, '' for the newest, as the server knows it.
export const summary = (township: string, month: string) => read<Summary>(`/townships/${encodeURIComponent(township)}/summary${month && '?month=' + month}`)
