// Which village and quarter a page is about: as its address says, or where the
// person works and there is work.

import { current, quarters } from '../api/quarter'
import { start } from '../platform/start'
import { session, teamVillage } from '../session'

export async function which(query: Record<string, string | undefined> | undefined): Promise<[village: string, quarter: string]> {
  await start()
  const village = decodeURIComponent(query?.village ?? '') || (teamVillage()?.id ?? session.me?.villages[0]?.id ?? '')
  const quarter = decodeURIComponent(query?.q ?? '')
  if (quarter || !village) return [village, quarter]
  return [village, current((await quarters(village)).data?.quarters ?? [])]
}
