import type { Recorded, RecordedEvent } from '../api/types'
import { handOver, targetOf } from '../handover'
import { words } from '../words'

// correct opens a record, filled in with what was recorded, for one of its events.
export function correct(record: Recorded, one: RecordedEvent): void {
  handOver({
    targets: [targetOf(one.household)],
    path: `/events/${one.event}/correct`,
    about: words.card.household(one.household.head),
    item: record.item.code,
    on: record.on,
    place: record.place,
    note: record.note,
    photos: record.photos ?? [],
  })
  uni.navigateTo({ url: '/pkg-team/record' })
}
