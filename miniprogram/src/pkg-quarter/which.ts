// Which village and quarter a page is about: as its address says, or where the
// person works and there is work.

import { current, quarters } from '../api/quarter'
import { start } from '../platform/start'
import { post } from '../session'

export async function which(query: Record<string, string | undefined> | undefined): Promise<[village: string, quarter: string]> {
  await start()
  const village = decodeURIComponent(query?.village ?? '') || (post()?.id ?? '')
  const quarter = decodeURIComponent(query?.q ?? '')
  if (quarter || !village) return [village, quarter]
  return [village, current((await quarters(village)).data?.quarters ?? [])]
}

// backToQuarter leaves a page of a quarter for the one that it was opened from.
export function backToQuarter(village: string, quarter: string): void {
  uni.navigateBack({ fail: () => uni.redirectTo({ url: `/pkg-quarter/quarter?village=${encodeURIComponent(village)}&q=${quarter}` }) })
}
